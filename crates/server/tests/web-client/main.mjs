// Drives a running server with the libraries of the existing web client: `node main.mjs SERVER ORIGIN`, where ORIGIN is one
// of the server's CORS_ORIGIN. Each step that holds is a line "ok <step>"; the first that does not ends it.

import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { createTRPCClient, httpBatchLink, httpLink } from "@trpc/client";
import { createAuthClient } from "better-auth/client";
import { Browser } from "./browser.mjs";

const [server, origin] = process.argv.slice(2);
const secret = process.env.BETTER_AUTH_SECRET;
const PASSWORD = "correct horse";
const DAY = 24 * 60 * 60 * 1000;

const authOf = (browser) => createAuthClient({ baseURL: server, fetchOptions: { customFetchImpl: browser.fetch } });
const trpcOf = (browser, link = httpBatchLink) =>
  createTRPCClient({ links: [link({ url: `${server}/trpc`, fetch: browser.fetch })] });
const person = (name) => ({ name, email: `${name}.${process.env.TZ.replace(/\W/g, "")}@Example.org`, password: PASSWORD });

async function step(name, body) {
  try {
    await body();
  } catch (error) {
    console.error(`failed: ${name}`);
    throw error;
  }
  console.log(`ok ${name}`);
}

async function refused(promise) {
  const { data, error } = await promise;
  assert.equal(data, null);
  return [error.status, error.code, error.message];
}

async function trpcError(promise) {
  const error = await promise.then(
    (data) => assert.fail(`it was answered: ${JSON.stringify(data)}`),
    (error) => error,
  );
  assert.equal(error.name, "TRPCClientError", error.stack);
  return error;
}

const ada = new Browser(origin);
const auth = authOf(ada);
const trpc = trpcOf(ada);
const me = person("ada");

await step("sign-up", async () => {
  const { data, error } = await auth.signUp.email(me);
  assert.equal(error, null);
  assert.deepEqual(Object.keys(data.user).sort(), ["createdAt", "email", "emailVerified", "id", "image", "name", "updatedAt"]);
  assert.equal(data.user.email, me.email.toLowerCase());
  assert.equal(data.user.image, null);
  assert.equal(data.user.emailVerified, false);
  assert.ok(data.user.createdAt instanceof Date);
  assert.ok(Math.abs(Date.now() - data.user.createdAt) < 60_000, "a moment is the same in every zone");

  const signature = createHmac("sha256", secret).update(data.token).digest("base64");
  const value = encodeURIComponent(`${data.token}.${signature}`);
  const expected = `better-auth.session_token=${value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax`;
  assert.deepEqual(ada.lastSetCookies, [expected]);
});

await step("sign-up of someone who exists", async () => {
  const [status, code, message] = await refused(authOf(new Browser(origin)).signUp.email({ ...me, email: me.email.toUpperCase() }));
  assert.deepEqual([status, code], [422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"]);
  assert.equal(message, "User already exists. Use another email.");
});

await step("sign-up with bad input", async () => {
  const signUp = (change) => refused(authOf(new Browser(origin)).signUp.email({ ...person("bob"), ...change }));
  assert.deepEqual(await signUp({ email: "bob" }), [400, "INVALID_EMAIL", "Invalid email"]);
  assert.deepEqual(await signUp({ password: "short12" }), [400, "PASSWORD_TOO_SHORT", "Password too short"]);
  assert.deepEqual(await signUp({ password: "x".repeat(129) }), [400, "PASSWORD_TOO_LONG", "Password too long"]);
  assert.deepEqual((await signUp({ name: 5 })).slice(0, 2), [400, "VALIDATION_ERROR"]);
});

await step("get-session", async () => {
  const { data } = await auth.getSession();
  assert.deepEqual(Object.keys(data.session).sort(), [
    "createdAt", "expiresAt", "id", "ipAddress", "token", "updatedAt", "userAgent", "userId",
  ]);
  assert.equal(data.user.email, me.email.toLowerCase());
  assert.equal(data.session.userId, data.user.id);
  assert.equal(data.session.expiresAt - data.session.createdAt, 7 * DAY);
  assert.deepEqual(ada.lastSetCookies, [], "a fresh session is not extended");
});

await step("no session is null", async () => {
  const nobody = new Browser(origin);
  assert.deepEqual(await authOf(nobody).getSession(), { data: null, error: null });
  nobody.cookies.set("better-auth.session_token", { value: "forged.AAAA" });
  assert.deepEqual(await authOf(nobody).getSession(), { data: null, error: null });
});

await step("sign-in", async () => {
  const browser = new Browser(origin);
  const { data, error } = await authOf(browser).signIn.email({ email: me.email, password: me.password });
  assert.equal(error, null);
  assert.equal(data.redirect, false);
  assert.equal(data.user.name, "ada");
  assert.ok(browser.cookies.get("better-auth.session_token").persists);
  assert.equal((await authOf(browser).getSession()).data.session.token, data.token);
});

await step("sign-in with a wrong password and as nobody", async () => {
  const signIn = (body) => refused(authOf(new Browser(origin)).signIn.email(body));
  const expected = [401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"];
  assert.deepEqual(await signIn({ email: me.email, password: "wrong password" }), expected);
  assert.deepEqual(await signIn({ email: "nobody@example.org", password: "wrong password" }), expected);
  assert.deepEqual((await signIn({ email: me.email })).slice(0, 2), [400, "VALIDATION_ERROR"]);
});

await step("sign-in for one visit", async () => {
  const browser = new Browser(origin);
  const { data } = await authOf(browser).signIn.email({ email: me.email, password: me.password, rememberMe: false });
  const dontRemember = createHmac("sha256", secret).update("true").digest("base64");
  const session = createHmac("sha256", secret).update(data.token).digest("base64");
  assert.deepEqual(browser.lastSetCookies, [
    `better-auth.session_token=${encodeURIComponent(`${data.token}.${session}`)}; Path=/; HttpOnly; SameSite=Lax`,
    `better-auth.dont_remember=${encodeURIComponent(`true.${dontRemember}`)}; Path=/; HttpOnly; SameSite=Lax`,
  ]);
  const { session: row } = (await authOf(browser).getSession()).data;
  assert.equal(row.expiresAt - row.createdAt, DAY);
  browser.close();
  assert.equal((await authOf(browser).getSession()).data, null);
});

await step("procedures without a session", async () => {
  const nobody = trpcOf(new Browser(origin));
  assert.equal(await nobody.healthCheck.query(), "OK");
  for (const call of [
    () => nobody.privateData.query(),
    () => nobody.scheduler.getSchedulesForWeek.query({ startDate: "2030-01-06" }),
    () => nobody.scheduler.createSchedule.mutate({ dayOfWeek: 1, startTime: "09:00", endTime: "10:00" }),
    () => nobody.scheduler.deleteSchedule.mutate({ scheduleId: "1" }),
  ]) {
    const error = await trpcError(call());
    assert.equal(error.message, "Authentication required");
    assert.equal(error.shape.code, -32001);
    assert.equal(error.data.code, "UNAUTHORIZED");
    assert.equal(error.data.httpStatus, 401);
  }
});

await step("privateData", async () => {
  const data = await trpc.privateData.query();
  assert.equal(data.message, "This is private");
  assert.equal(data.user.email, me.email.toLowerCase());
});

// A Sunday at least a week ahead, so that nothing of it lies in the past in any zone.
const sunday = new Date(Date.now() + 7 * DAY);
sunday.setUTCDate(sunday.getUTCDate() + ((7 - sunday.getUTCDay()) % 7));
const dateOf = (day) => new Date(sunday.getTime() + day * DAY).toISOString().slice(0, 10);
const week = { startDate: dateOf(0) };
let monday;

await step("createSchedule", async () => {
  monday = await trpc.scheduler.createSchedule.mutate({ dayOfWeek: 1, startTime: "9:00", endTime: "10:30" });
  assert.deepEqual(Object.keys(monday).sort(), [
    "createdAt", "dayOfWeek", "endTime", "id", "isActive", "startTime", "updatedAt", "userId",
  ]);
  const { id, createdAt, updatedAt, userId, ...rest } = monday;
  assert.deepEqual(rest, { dayOfWeek: 1, startTime: "09:00", endTime: "10:30", isActive: true });
  assert.ok(Number.isInteger(id));
  assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(updatedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(userId, (await auth.getSession()).data.user.id);
});

await step("createSchedule with bad input", async () => {
  const create = (input) => trpcError(trpc.scheduler.createSchedule.mutate(input));
  const reversed = await create({ dayOfWeek: 1, startTime: "11:00", endTime: "10:30" });
  assert.deepEqual([reversed.message, reversed.data.code, reversed.data.httpStatus], ["End time must be after start time", "BAD_REQUEST", 400]);
  for (const input of [
    { dayOfWeek: 7, startTime: "09:00", endTime: "10:00" },
    { dayOfWeek: 1.5, startTime: "09:00", endTime: "10:00" },
    { dayOfWeek: 1, startTime: "24:00", endTime: "25:00" },
    { dayOfWeek: 1, startTime: "09:00" },
    undefined,
  ]) {
    const error = await create(input);
    assert.deepEqual([error.shape.code, error.data.code, error.data.path], [-32600, "BAD_REQUEST", "scheduler.createSchedule"]);
  }
});

await step("the slot limit", async () => {
  await trpc.scheduler.createSchedule.mutate({ dayOfWeek: 1, startTime: "14:00", endTime: "15:00", extra: "ignored" });
  const error = await trpcError(trpc.scheduler.createSchedule.mutate({ dayOfWeek: 1, startTime: "16:00", endTime: "17:00" }));
  assert.equal(error.message, "Maximum 2 slots allowed per day");
  assert.equal(error.data.httpStatus, 400);
});

const item = (schedule, day, startTime, endTime) => ({
  id: `${schedule}-${dateOf(day)}`,
  scheduleId: schedule,
  date: dateOf(day),
  startTime,
  endTime,
  isException: false,
});
let afternoon;

await step("getSchedulesForWeek", async () => {
  const items = await trpc.scheduler.getSchedulesForWeek.query(week);
  afternoon = items[1].scheduleId;
  assert.deepEqual(items, [item(monday.id, 1, "09:00", "10:30"), item(afternoon, 1, "14:00", "15:00")]);
  // Clients before sent moments.
  assert.deepEqual(await trpc.scheduler.getSchedulesForWeek.query({ startDate: `${dateOf(0)}T00:00:00.000Z` }), items);
});

await step("dates are the same in every zone", async () => {
  const days = [0, 2, 3, 4, 5, 6];
  for (const dayOfWeek of days) {
    await trpc.scheduler.createSchedule.mutate({ dayOfWeek, startTime: "00:00", endTime: "23:59" });
  }
  const items = await trpc.scheduler.getSchedulesForWeek.query(week);
  assert.deepEqual(items.map(({ date }) => date), [0, 1, 1, 2, 3, 4, 5, 6].map(dateOf));
  for (const { date, scheduleId } of items) {
    const local = new Date(`${date}T00:00:00`);
    assert.equal(items.find((other) => other.scheduleId === scheduleId).date, date);
    assert.equal(local.getDay(), new Date(`${date}T00:00:00Z`).getUTCDay());
  }
  for (const { scheduleId, date } of items.filter(({ date }) => date !== dateOf(1))) {
    await trpc.scheduler.deleteSchedule.mutate({ scheduleId: String(scheduleId) });
    assert.ok(date);
  }
});

await step("weeks across clock changes hold seven days", async () => {
  // In New York clocks change on 2031-03-09 and 2031-11-02.
  for (const startDate of ["2031-03-09", "2031-11-02", "2031-10-26"]) {
    const items = await trpc.scheduler.getSchedulesForWeek.query({ startDate });
    const next = new Date(new Date(`${startDate}T00:00:00Z`).getTime() + DAY).toISOString().slice(0, 10);
    assert.deepEqual(items.map(({ date }) => date), [next, next]);
  }
});

await step("updateSlot", async () => {
  const input = { scheduleId: String(monday.id), date: dateOf(1), startTime: "10:00", endTime: "11:00" };
  const exception = await trpc.scheduler.updateSlot.mutate(input);
  const { id, createdAt, updatedAt, ...rest } = exception;
  assert.deepEqual(rest, {
    scheduleId: monday.id, date: `${dateOf(1)}T00:00:00.000Z`, startTime: "10:00", endTime: "11:00", isDeleted: false,
  });
  assert.ok(createdAt && updatedAt);
  const again = await trpc.scheduler.updateSlot.mutate({ ...input, startTime: "10:15" });
  assert.equal(again.id, id, "one exception for one date");
  const [first] = await trpc.scheduler.getSchedulesForWeek.query(week);
  assert.deepEqual(first, { ...item(monday.id, 1, "10:15", "11:00"), isException: true, exceptionId: id });
  const nextWeek = await trpc.scheduler.getSchedulesForWeek.query({ startDate: dateOf(7) });
  assert.deepEqual(nextWeek[0], item(monday.id, 8, "09:00", "10:30"));
});

await step("deleteSlot", async () => {
  const exception = await trpc.scheduler.deleteSlot.mutate({ scheduleId: String(afternoon), date: dateOf(1) });
  assert.deepEqual([exception.isDeleted, exception.startTime, exception.endTime], [true, null, null]);
  const items = await trpc.scheduler.getSchedulesForWeek.query(week);
  assert.deepEqual(items.map(({ scheduleId }) => scheduleId), [monday.id]);
});

await step("schedules that are not there", async () => {
  for (const scheduleId of ["99999", "9223372036854775807"]) {
    const error = await trpcError(trpc.scheduler.deleteSlot.mutate({ scheduleId, date: dateOf(1) }));
    assert.deepEqual([error.message, error.data.code, error.data.httpStatus], ["Schedule not found", "NOT_FOUND", 404]);
  }
  for (const scheduleId of ["12abc", "", "-1"]) {
    const error = await trpcError(trpc.scheduler.deleteSchedule.mutate({ scheduleId }));
    assert.equal(error.data.code, "BAD_REQUEST");
  }
  const error = await trpcError(
    trpc.scheduler.updateSlot.mutate({ scheduleId: String(monday.id), date: "2027-02-30", startTime: "10:00", endTime: "11:00" }),
  );
  assert.equal(error.data.code, "BAD_REQUEST");
});

await step("deleteSchedule", async () => {
  assert.deepEqual(await trpc.scheduler.deleteSchedule.mutate({ scheduleId: String(monday.id) }), { success: true });
  assert.deepEqual(await trpc.scheduler.getSchedulesForWeek.query(week), []);
  const error = await trpcError(trpc.scheduler.deleteSlot.mutate({ scheduleId: String(monday.id), date: dateOf(8) }));
  assert.equal(error.message, "Schedule not found");
});

await step("a batch of queries", async () => {
  const urls = [];
  const counted = new Browser(origin);
  counted.cookies = ada.cookies;
  const batching = createTRPCClient({
    links: [httpBatchLink({ url: `${server}/trpc`, fetch: (url, options) => (urls.push(url), counted.fetch(url, options)) })],
  });
  const [health, data, items] = await Promise.all([
    batching.healthCheck.query(),
    batching.privateData.query(),
    batching.scheduler.getSchedulesForWeek.query({ startDate: dateOf(7) }),
  ]);
  assert.equal(urls.length, 1, "one request for all");
  assert.deepEqual([health, data.message, items.length], ["OK", "This is private", 1]);
});

await step("a batch of mutations runs in order", async () => {
  const outcomes = await Promise.allSettled(
    ["06:00", "07:00", "08:00"].map((startTime) =>
      trpc.scheduler.createSchedule.mutate({ dayOfWeek: 3, startTime, endTime: "09:00" }),
    ),
  );
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
  const [first, second] = outcomes.map(({ value }) => value);
  assert.deepEqual([first.startTime, second.startTime], ["06:00", "07:00"]);
  assert.ok(first.id < second.id);
  assert.equal(outcomes[2].reason.message, "Maximum 2 slots allowed per day");
  assert.equal(outcomes[2].reason.meta.response.status, 207);
});

await step("a batch with a failure", async () => {
  const [health, bad, unknown] = await Promise.allSettled([
    trpc.healthCheck.query(),
    trpc.scheduler.getSchedulesForWeek.query({ startDate: "2027-02-30" }),
    trpc.scheduler.nothing.query(),
  ]);
  assert.equal(health.value, "OK");
  assert.equal(bad.reason.data.code, "BAD_REQUEST");
  assert.equal(bad.reason.meta.response.status, 207);
  assert.equal(unknown.reason.message, 'No procedure found on path "scheduler.nothing"');
  assert.deepEqual([unknown.reason.shape.code, unknown.reason.data.httpStatus], [-32004, 404]);
});

await step("a batch that mixes kinds is refused whole", async () => {
  const before = await trpc.scheduler.getSchedulesForWeek.query(week);
  const body = JSON.stringify({ 1: { dayOfWeek: 5, startTime: "09:00", endTime: "10:00" } });
  const response = await ada.fetch(`${server}/trpc/healthCheck,scheduler.createSchedule?batch=1`, {
    method: "POST", body, headers: { "content-type": "application/json" },
  });
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), {
    error: {
      message: "Cannot mix procedure types in call: query, mutation",
      code: -32600,
      data: { code: "BAD_REQUEST", httpStatus: 400 },
    },
  });
  assert.deepEqual(await trpc.scheduler.getSchedulesForWeek.query(week), before);
});

await step("calls outside a batch", async () => {
  const single = trpcOf(ada, httpLink);
  assert.equal(await single.healthCheck.query(), "OK");
  assert.equal((await single.scheduler.getSchedulesForWeek.query({ startDate: dateOf(7) })).length, 3);
  const made = await single.scheduler.createSchedule.mutate({ dayOfWeek: 6, startTime: "1:00", endTime: "2:00" });
  assert.equal(made.startTime, "01:00");
  const error = await trpcError(single.scheduler.deleteSchedule.mutate({}));
  assert.equal(error.data.path, "scheduler.deleteSchedule");
});

await step("the wrong method", async () => {
  const get = await ada.fetch(`${server}/trpc/scheduler.deleteSchedule?input=${encodeURIComponent('{"scheduleId":"1"}')}`);
  assert.equal(get.status, 405);
  const { error } = await get.json();
  assert.deepEqual([error.code, error.data.code], [-32005, "METHOD_NOT_SUPPORTED"]);
  assert.equal(error.message, 'Unsupported GET-request to mutation procedure at path "scheduler.deleteSchedule"');
  const form = await ada.fetch(`${server}/trpc/scheduler.deleteSchedule`, { method: "POST", body: new URLSearchParams({ a: "b" }) });
  assert.equal(form.status, 415);
  assert.equal((await form.json()).error.code, -32015);
});

await step("CORS", async () => {
  const preflight = await fetch(`${server}/trpc/healthCheck`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });
  assert.equal(preflight.status, 204);
  const of = (response, name) => response.headers.get(`access-control-allow-${name}`);
  assert.equal(of(preflight, "origin"), origin);
  assert.equal(of(preflight, "credentials"), "true");
  assert.equal(of(preflight, "methods"), "GET,POST,PUT,DELETE,OPTIONS");
  assert.equal(of(preflight, "headers"), "Content-Type,Authorization,X-Requested-With");
  for (const path of ["/", "/health", "/trpc/healthCheck", "/api/auth/get-session", "/nowhere"]) {
    const ours = await fetch(`${server}${path}`, { headers: { origin } });
    assert.equal(of(ours, "origin"), origin, path);
    assert.match(ours.headers.get("vary"), /\bOrigin\b/);
    const foreign = await fetch(`${server}${path}`, { headers: { origin: `${origin}.evil.example` } });
    assert.equal(of(foreign, "origin"), null, path);
  }
});

await step("another site cannot use the cookies", async () => {
  const foreign = new Browser("https://evil.example");
  foreign.cookies = ada.cookies;
  const expected = [403, "INVALID_ORIGIN", "Invalid origin"];
  assert.deepEqual(await refused(authOf(foreign).signOut()), expected);
  const error = await trpcError(trpcOf(foreign).scheduler.deleteSchedule.mutate({ scheduleId: "1" }));
  assert.equal(error.data.code, "FORBIDDEN");
  assert.notEqual((await auth.getSession()).data, null);
});

await step("sessions are listed and revoked", async () => {
  const elsewhere = new Browser(origin);
  await authOf(elsewhere).signIn.email({ email: me.email, password: me.password });
  const current = (await auth.getSession()).data.session;
  const { data } = await auth.listSessions();
  assert.ok(data.length >= 2);
  assert.equal(data.filter(({ token }) => token === current.token).length, 1);
  const theirs = (await authOf(elsewhere).getSession()).data.session;
  assert.ok(data.every(({ token }) => token !== theirs.token), "tokens of others are not told");
  const listed = data.find(({ id }) => id === theirs.id);
  assert.deepEqual(await auth.revokeSession({ token: listed.token }), { data: { status: true }, error: null });
  assert.equal((await authOf(elsewhere).getSession()).data, null);
  assert.deepEqual((await refused(auth.revokeSession({ token: listed.token }))).slice(0, 2), [400, "SESSION_NOT_FOUND"]);

  await authOf(elsewhere).signIn.email({ email: me.email, password: me.password });
  assert.equal((await auth.revokeOtherSessions()).data.status, true);
  assert.equal((await authOf(elsewhere).getSession()).data, null);
  assert.notEqual((await auth.getSession()).data, null);
});

await step("bearer", async () => {
  const { data } = await authOf(new Browser(origin)).signIn.email({ email: me.email, password: me.password });
  const headers = { authorization: `Bearer ${data.token}` };
  const bearer = createTRPCClient({ links: [httpBatchLink({ url: `${server}/trpc`, headers })] });
  assert.equal((await bearer.privateData.query()).user.email, me.email.toLowerCase());
  await bearer.scheduler.createSchedule.mutate({ dayOfWeek: 5, startTime: "09:00", endTime: "10:00" });
  const { data: session } = await createAuthClient({ baseURL: server }).getSession({ fetchOptions: { headers } });
  assert.equal(session.session.token, data.token);
  await createAuthClient({ baseURL: server }).signOut({ fetchOptions: { headers } });
  await trpcError(bearer.privateData.query());
});

await step("the password is changed", async () => {
  const change = (currentPassword, newPassword) => auth.changePassword({ currentPassword, newPassword, revokeOtherSessions: true });
  assert.deepEqual(await refused(change("wrong password", "another horse")), [400, "INVALID_PASSWORD", "Invalid password"]);
  assert.deepEqual((await refused(change(PASSWORD, "short"))).slice(0, 2), [400, "PASSWORD_TOO_SHORT"]);
  const before = (await auth.getSession()).data.session.token;
  const { data } = await change(PASSWORD, "another horse");
  assert.equal(data.user.email, me.email.toLowerCase());
  assert.notEqual(data.token, before);
  assert.equal((await auth.getSession()).data.session.token, data.token);
  assert.equal((await refused(authOf(new Browser(origin)).signIn.email(me)))[1], "INVALID_EMAIL_OR_PASSWORD");
});

await step("sign-out", async () => {
  ada.cookies.set("theme", { value: "dark", persists: true });
  assert.deepEqual(await auth.signOut(), { data: { success: true }, error: null });
  assert.deepEqual(ada.lastSetCookies, ["session_token", "session_data", "dont_remember"].map(
    (name) => `better-auth.${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
  ));
  assert.deepEqual([...ada.cookies.keys()], ["theme"]);
  assert.equal((await auth.getSession()).data, null);
  assert.deepEqual(await auth.signOut(), { data: { success: true }, error: null });
});

await step("the account is deleted", async () => {
  await auth.signIn.email({ email: me.email, password: "another horse" });
  assert.equal((await refused(auth.deleteUser({})))[0], 400);
  assert.equal((await refused(auth.deleteUser({ password: PASSWORD })))[1], "INVALID_PASSWORD");
  assert.equal((await auth.deleteUser({ password: "another horse" })).data.success, true);
  assert.equal((await auth.getSession()).data, null);
  assert.equal((await refused(auth.signIn.email({ email: me.email, password: "another horse" })))[1], "INVALID_EMAIL_OR_PASSWORD");
  const { data } = await auth.signUp.email(me);
  assert.notEqual(data.user.id, monday.userId);
  assert.deepEqual(await trpc.scheduler.getSchedulesForWeek.query({ startDate: dateOf(7) }), []);
});

console.log("done");
