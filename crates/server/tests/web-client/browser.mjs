// As much of a browser as the libraries of the web client notice: it keeps cookies and says where its pages come from.

export class Browser {
  constructor(origin) {
    this.origin = origin;
    this.cookies = new Map();
    // All headers Set-Cookie of the last reply.
    this.lastSetCookies = [];
  }

  fetch = async (url, options = {}) => {
    const headers = new Headers(options.headers);
    if (this.origin) headers.set("origin", this.origin);
    if (this.cookies.size > 0) {
      headers.set("cookie", [...this.cookies].map(([name, cookie]) => `${name}=${cookie.value}`).join("; "));
    }
    const response = await fetch(url, { ...options, headers });
    this.lastSetCookies = setCookies(response.headers);
    for (const header of this.lastSetCookies) this.#keep(header);
    return response;
  };

  // Lets go of what a browser forgets when it is closed.
  close() {
    for (const [name, cookie] of this.cookies) {
      if (!cookie.persists) this.cookies.delete(name);
    }
  }

  #keep(header) {
    const [pair, ...attributes] = header.split("; ");
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const maxAge = attributes.find((attribute) => attribute.startsWith("Max-Age="));
    if (maxAge === "Max-Age=0") this.cookies.delete(name);
    else this.cookies.set(name, { value, persists: maxAge !== undefined });
  }
}

/** Node.js 18.13, which Debian 12 has, gives all cookies in one line. No name of a cookie has a space; every date does. */
function setCookies(headers) {
  return headers.getSetCookie?.() ?? headers.get("set-cookie")?.split(/, (?=[^;=\s]+=)/) ?? [];
}
