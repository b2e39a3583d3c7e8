// As the interface marks its first week: in the second frame, when the first one has been painted.
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("week-painted")));
