# Every word of the interface. Ids are named by the place where the words stand.


## Dates and times

weekday-0 = Sunday
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-short-0 = Sun
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-letter-0 = S
weekday-letter-1 = M
weekday-letter-2 = T
weekday-letter-3 = W
weekday-letter-4 = T
weekday-letter-5 = F
weekday-letter-6 = S
weekdays-0 = Sundays
weekdays-1 = Mondays
weekdays-2 = Tuesdays
weekdays-3 = Wednesdays
weekdays-4 = Thursdays
weekdays-5 = Fridays
weekdays-6 = Saturdays
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
date-long = { $weekday }, { $day } { $month } { $year }
date-medium = { $weekday } { $day } { $month } { $year }
date-short = { $weekday } { $day } { $month }
date-plain = { $day } { $month } { $year }
date-month = { $month } { $year }
week-same-month = { $day1 } – { $day2 } { $month2 } { $year2 }
week-same-year = { $day1 } { $month1 } – { $day2 } { $month2 } { $year2 }
week-two-years = { $day1 } { $month1 } { $year1 } – { $day2 } { $month2 } { $year2 }
week-number = Week { $number }
month-previous = Previous month
month-next = Next month
date-pick = { $field }: choose in a calendar
time-am = { $time } AM
time-pm = { $time } PM

## Header

app-name = Weekwise
header-today = Today
header-today-hint = Go to today (T)
header-previous = Previous week (K)
header-next = Next week (J)
header-go-to = Go to a date (G)
header-undo = Undo
header-undo-what = Undo: { $what } (Ctrl+Z)
header-redo = Redo
header-redo-what = Redo: { $what } (Ctrl+Shift+Z)
header-views = View
view-week = Week
view-week-hint = One week by the hour (V)
view-weeks = Weeks
view-weeks-hint = Weeks one under another (V)
header-new = New slot
header-new-hint = New slot (C)
header-side = Calendar and changes
header-settings = Settings
header-help = Help
header-trash = Trash
header-account-hint = Account and sync (A)
status-saved = Saved on this device
status-saving = Saving…
status-trouble = Not saved

## Week

week-label = Week { $range }
week-hours = Time
week-empty-title = Your week is empty
week-empty-text = Click a time or press C.
week-empty-list = Press + on a day, or the key C.
week-empty-import = Import a file…
week-loading = Opening your week…
week-differs = This week differs from usual
week-as-usual = Differs from usual
week-usual = Nothing this week
week-changed-count = { $n } changed
week-cell = { $date }, { $time }
week-cell-slots = { $date }, { $time }, { $slots }
week-earlier = { $n } earlier
week-later = { $n } later
week-more = +{ $n }
week-more-hint = { $n } more at this time on { $date }
week-add = Add slot
week-add-on = Add slot, { $date }
week-day-empty = Nothing on this day
weeks-label = Weeks
weeks-this-week = This week
weeks-begin = This is where Weekwise begins: the year 1900.
weeks-end = This is as far as Weekwise goes: the year 2200.
over-limit = { $weekday }: { $slots } slots, { $limit } allowed
over-limit-title = More slots than your limit
block-untitled = Untitled
block-changed = changed
block-cancelled = cancelled
block-new = not saved yet
block-was-date = was { $date }
block-was-time = was { $time }
block-usually-here = usually here
block-moved-to = moved to { $date }
differs-cancelled = { $title } cancelled
differs-moved = { $title } moved
differs-moved-away = { $title } moved to { $date }
differs-time = { $title } at { $time }
differs-changed = { $title } changed

## Inspector

editor-new = New slot
editor-title = Title
editor-title-hint = Title, for example Algebra
editor-close = Close
editor-scope = Applies to
scope-date = This date
scope-following = This and following
scope-series = Whole series
scope-count = { $dates ->
    [one] { $dates } date
   *[other] { $dates } dates
}
scope-open = from { $date } on
scope-exceptions = { $n ->
    [one] { $n } exception
   *[other] { $n } exceptions
}
scope-both = { $dates } · { $exceptions }
editor-starts = Starts
editor-ends = Ends
editor-date = Date
editor-first-date = First date
editor-weekday = Weekday
editor-repeats = Repeats
repeat-once = Only on this date
repeat-every = { $n ->
    [one] Every week
   *[other] Every { $n } weeks
}
editor-from = From
editor-until = Until
editor-until-hint = No end
editor-restart = Start the rotation anew on the first date
editor-place = Place
editor-color = Colour
color-blue = Blue
color-green = Green
color-amber = Amber
color-red = Red
color-violet = Violet
color-teal = Teal
color-pink = Pink
color-slate = Slate
editor-notes = Notes
editor-reason = Reason
editor-reason-hint = Optional, for example public holiday
editor-next-dates = Next dates
editor-no-next-dates = No date from today on
editor-save = Save
editor-add = Add to week
editor-discard = Discard changes
editor-discard-new = Discard
editor-date-changed = Changed on this date. The pattern is { $pattern }.
editor-date-cancelled = Cancelled on this date. The pattern is { $pattern }.
editor-pattern = { $weekdays } { $time }
editor-put-back = Put back
editor-delete = Delete
editor-cancel-date = Cancel { $date }
editor-end-series = End the series before { $date }
editor-trash-series = Delete series
editor-trash-one = Delete
editor-loading = Loading…
editor-ledger = Changed dates
ledger-cancelled = cancelled
ledger-cancelled-why = cancelled: { $reason }
ledger-moved = moved to { $date }
ledger-time = { $time }
ledger-changed = changed
ledger-without-effect = no effect: the series does not take place on this date
ledger-put-back = Put back { $date }
exceptions-kept = { $n ->
    [one] { $n } changed date still applies
   *[other] { $n } changed dates still apply
}
exceptions-carried = { $n ->
    [one] { $n } changed date moves along to the new day of its week
   *[other] { $n } changed dates move along to the new day of their week
}
exceptions-without-effect = { $n ->
    [one] { $n } changed date loses its effect; it stays listed
   *[other] { $n } changed dates lose their effect; they stay listed
}
exceptions-again = { $n ->
    [one] { $n } changed date applies again
   *[other] { $n } changed dates apply again
}
exceptions-leave = Leave changed dates where they are
overlap-warning = Overlaps { $title }, { $date }, { $time }
in-trash-note = This series is in the trash.
limit-refused = { $weekday } already has { $slots } of { $limit } slots ({ $date }).
limit-allow = Allow { $n }

## Problems beside a field

problem-time = Write a time such as 9:00 or 14:30.
problem-time-start = A start is before 24:00.
problem-end = The end must be later than the start.
problem-past-midnight = A slot ends by 24:00.
two-slots = Make two: until 24:00, and from 00:00 on the next day
problem-date = Write a date such as 26 Nov 2026 or 2026-11-26.
problem-until = The last date is before the first.
problem-long = At most { $max } characters; this has { $chars }.
problem-control = One character cannot be stored. Delete and type the text again.

## Account and sync

sync-waiting = { $n } waiting
sync-synced = Synced
sync-synced-at = Synced { $time }
sync-syncing = Syncing…
sync-offline = Offline
sync-signed-out = Signed out
sync-sign-in-again = Sign in again
sync-account-gone = Account deleted
sync-outdated = Update Weekwise
sync-server-outdated = Server is older
sync-and-waiting = { $state }, { $waiting }
sync-long-local = Your week is on this device alone.
sync-long-synced = Everything is on this device and on the server.
sync-long-syncing = Weekwise is sending and receiving what is new.
sync-long-offline = The server is not there for now. Weekwise tries again by itself; your week stays as it is.
sync-long-signed-out = You are signed out. Your week stays on this device and can be edited.
sync-long-sign-in-again = Your session has ended. Sign in again to go on syncing; your week stays as it is.
sync-long-keyring = Your session is in the system's keyring, and { $why }. As soon as Weekwise can read it, it goes on by itself; or sign in again. Your week stays as it is.
keyring-why-absent = there is none now
keyring-why-not-set-up = that is not set up
keyring-why-locked = that is locked
keyring-why-silent = that does not answer: look for a window that asks for its password
keyring-why-refused = that refuses it ({ $detail })
sync-long-account-gone = This account was deleted. Your week stays on this device, and can be exported.
sync-long-waiting = { $n ->
    [one] 1 edit waits on this device.
   *[other] { $n } edits wait on this device.
}
account-title = Account
account-why = Your week is on this device alone. With an account the same week is on all your devices; it works without a network all the same.
account-way = Sign in or create an account
account-sign-in-tab = Sign in
account-create-tab = Create an account
account-server = Server
account-server-missing = Write the address of the server.
account-name = Name
account-name-missing = Write how you want to be called.
account-email = E-mail address
account-email-missing = Write your e-mail address.
account-password = Password
account-password-missing = Write your password.
account-password-hint = At least 8 characters.
account-sign-in = Sign in
account-create = Create account
account-wait = One moment…
account-again = Sign in again
account-sync-now = Sync now
account-others = Other weeks on this device
account-another-hint = To sign in with another account, show the week on this device alone first.
account-local = On this device alone
account-show = Show
apart-title = Bring your week along?
apart-numbers = On this device alone there are { $slots ->
    [one] 1 slot
   *[other] { $slots } slots
} and { $exceptions ->
    [one] 1 changed date
   *[other] { $exceptions } changed dates
} that are not in this account.
apart-alike = { $n ->
    [one] 1 slot looks like one that is in the account already.
   *[other] { $n } slots look like slots that are in the account already.
}
apart-not-yet = Weekwise is still looking at what is in the account.
apart-bring = Bring it along
apart-keep = Keep it apart
apart-hint = What you bring along is copied into the account. The week on this device alone stays as it is.
apart-kept = { $n ->
    [one] 1 slot is on this device alone.
   *[other] { $n } slots are on this device alone.
}
session-in-memory = You stay signed in only until Weekwise is closed.
session-in-file = Your session is kept in a file, not encrypted, that only you can read.
session-to-keyring = Keep it in the keyring
session-to-file = Keep it in a file
session-to-file-hint = The file is not encrypted: whoever can read your files can use your account.
session-mend = Mend this…
keyring-absent = This system has no keyring. Install one (such as GNOME Keyring or KWallet), or keep the session in a file.
keyring-not-set-up = The keyring is not set up. Make a default keyring in the system's password manager, then keep the session there.
keyring-locked = The keyring is locked. Unlock it, then keep the session there.
keyring-silent = The keyring does not answer. Look for a window that asks for its password.
keyring-refused = The keyring refuses ({ $detail }).
devices-title = Where you are signed in
devices-offline = This list needs the server, which is not there for now.
devices-this = This device
devices-used = Since { $since }; last used { $when }
devices-end = Sign out
devices-end-what = Sign out { $name }
password-title = Change the password
password-current = Present password
password-new = New password
password-end-others = Sign out all other devices
password-save = Change password
sign-out = Sign out
sign-out-hint = Your week stays on this device.
sign-out-waiting = { $n ->
    [one] 1 edit waits on this device. It stays here, and is sent once you sign in again.
   *[other] { $n } edits wait on this device. They stay here, and are sent once you sign in again.
}
sign-out-stay = Stay signed in
sign-out-anyway = Sign out and keep them here
delete-title = Delete the account
delete-text = The account and everything in it are deleted on the server, for all devices. Your week stays on this device.
delete-do = Delete account for good
failure-bad-server = That is not the address of a server. Write it as https://week.example.
failure-in-the-clear = A server is reached over https; http is for a server on this machine alone.
failure-unreachable = { $server } cannot be reached ({ $why }). Check the network and the address.
failure-redirected = { $server } sends elsewhere. Sign in at the address that it sends to.
failure-not-weekwise = What answers at { $server } is not Weekwise ({ $what }). A network that wants a sign-in of its own may be in the way.
failure-not-proven = { $server } does not prove that it is the server you asked for ({ $why }). Nothing was sent to it. Check the address, and this device's date.
failure-no-tls = No safe connections can be made on this system ({ $why }).
failure-server-outdated = The server is older than this Weekwise and has to be updated. Your week stays as it is.
failure-outdated = The server asks for a newer Weekwise. Update it to go on syncing; your week stays as it is.
failure-wrong-credentials = The e-mail address or the password is not right.
failure-wrong-password = The password is not right.
failure-email-taken = There is an account with this e-mail address already. Sign in instead.
failure-bad-email = That is not an e-mail address.
failure-password-short = A password has at least 8 characters.
failure-password-long = A password has at most 128 characters.
failure-too-many = That was tried too often. Try again in { $seconds } seconds.
failure-out-of-order = The server is out of order just now. Try again later.
failure-no-such-device = That device is signed out already.
failure-refused = The server refuses: { $message }
failure-sync-storage = What came from the server could not be stored ({ $detail }). Weekwise tries again by itself.
account-changes = What sync did
changes-title = Changes
changes-none = Nothing came from other devices yet. What sync brings, merges or cannot take is listed here, each with a way back.
changes-conflicts = Two versions
changes-conflicts-hint = These were changed on two devices at the same time. The later one holds; the other is kept here.
changes-rejected = Not taken by the server
changes-rejected-hint = These edits are not in your week.
changes-misfits = Does not fit together
changes-arrivals = From other devices
changes-more = Show { $n } more
changes-older = { $n ->
    [one] 1 older change is not listed.
   *[other] { $n } older changes are not listed.
}
changes-new = New
changes-other-by = The other is from { $who }, { $when }
changes-this = This
changes-other = Other
changes-same = Both are the same by now.
changes-along = { $n ->
    [one] 1 other version comes along with it.
   *[other] { $n } other versions come along with it.
}
changes-use-other = Use the other
changes-use-other-of = Use the other version of { $title }
changes-keep = Keep this
changes-keep-of = Keep this version of { $title }
changes-again = Do it again
changes-again-of = Do it again: { $title }
changes-dismiss = Give it up
changes-dismiss-of = Give it up: { $title }
changes-take-back = Take back
changes-take-back-of = Take back the change of { $title }
changes-show = Show
changes-show-what = Show { $what }
changes-merged = Put together with edits of this device.
changes-partly = A part of it was edited since; taking it back leaves that part.
changes-over = It was edited since.
changes-taken-back = It was taken back.
changes-setting = Setting
changes-by-this = this device
changes-by-web = the web
changes-by-device = another device
changes-added = Added: { $weekdays } { $time }
changes-divided = Has another part from { $date } on
changes-removed = Deleted for good
changes-trashed = Deleted
changes-restored = Restored
changes-went = { $name }: { $before } → { $after }
changes-as-usual = as usual
changes-as-usual-at = as usual, { $time }
changes-nothing = none
changes-reminder = Reminder
changes-minutes = { $n } min before
changes-series = Series
changes-series-part = another
changes-overlap = { $first } and { $second } overlap on { $date }
changes-without-effect = { $title }, { $date }: { $what }; without effect, for the series does not take place on this date
rejected-unreadable = The server cannot read it ({ $detail }).
rejected-id-taken = Its id belongs to another edit.
rejected-not-there = What it changes is not there any more.
rejected-needs-another = It needs another edit that was not taken.
rejected-account-full = The account is full. Delete something for good first.
rejected-too-large = It is too large to be sent.
rejected-server-fails = The server fails on it again and again.
toast-signed-in = Signed in as { $email }
toast-signed-out = Signed out
toast-signed-out-here = Signed out. The server could not be told; the session ends there by itself.
toast-password = Password changed
toast-account-deleted = Account deleted. Your week stays on this device.
toast-brought = Brought along: { $slots ->
    [one] 1 slot
   *[other] { $slots } slots
}, { $exceptions ->
    [one] 1 changed date
   *[other] { $exceptions } changed dates
}

## Side panels

settings-title = Settings
settings-first-weekday = Weeks begin on
settings-system = As the system: { $value }
settings-clock = Clock
clock-h24 = 24 hours (13:30)
clock-h12 = 12 hours (1:30 PM)
settings-theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark
settings-slot-limit = Slots a weekday may have
settings-slot-limit-hint = More than this asks first.
settings-time-zone = Time zone
settings-time-zone-hint = For exports and reminders. Slots keep their time of day in every zone.
settings-hide-weekend = Hide Saturday and Sunday in the week
settings-data = Data
settings-import = Import a file…
settings-import-hint = Adds and updates slots from a Weekwise JSON file; removes none. Undo takes it back.
settings-export = Export to a file
settings-export-hint = Writes everything, as a Weekwise JSON file, to your downloads.
trash-title = Trash
trash-empty = The trash is empty. A series you delete can be restored from here.
trash-restore = Restore
trash-restore-what = Restore { $title }
trash-purge = Delete for good
trash-purge-what = Delete for good: { $title }
trash-exceptions = { $n ->
    [one] { $n } changed date
   *[other] { $n } changed dates
}
help-title = Help
help-shortcuts = Keyboard
help-data = Your data
help-file = File
help-snapshot = Last snapshot
help-snapshot-none = None yet. One a day is taken as soon as there is something to keep.
help-snapshots = { $n ->
    [one] { $n } snapshot is kept beside the file.
   *[other] { $n } snapshots are kept beside the file.
}
help-open-folder = Show the folder
help-version = Weekwise { $version }
key-new = New slot at the marked time
key-today = Go to today
key-weeks = Next, previous week
key-go-to = Go to a date
key-view = One week, or weeks one under another
key-arrows = Move through the days and slots
key-open = Open or add a slot
key-save = Save the open slot
key-cancel = Cancel the open date
key-undo = Undo
key-redo = Redo
key-settings = Settings
key-account = Account and sync
key-changes = Changes that sync made
key-help = This help
key-close = Close the panel

## Toasts

toast-dismiss = Dismiss
toast-undo = Undo
toast-redo = Redo
toast-undone = Undone: { $what }
toast-redone = Done again: { $what }
toast-left = { $n ->
    [one] Undone except for { $n } change that was edited since: { $what }
   *[other] Undone except for { $n } changes that were edited since: { $what }
}
toast-exceptions = { $told }. { $exceptions }.
toast-exported = Exported to { $path }
toast-nothing = There is nothing to undo.
did-created = { $title } added
did-date-changed = { $title } changed on { $date }
did-date-moved = { $title } moved from { $date }
did-date-cancelled = { $title } cancelled on { $date }
did-put-back = { $title } put back on { $date }
did-series-changed = { $title } changed
did-following-changed = { $title } changed from { $date } on
did-ended = { $title } ends before { $date }
did-trashed = { $title } deleted
did-restored = { $title } restored
did-purged = { $title } deleted for good
did-setting = Setting changed
did-taken-back = Taken back what came from another device
did-taken-back-partly = Taken back what came from another device, except { $n ->
    [one] one change that was edited since
   *[other] { $n } changes that were edited since
}
did-conflict-kept = Conflict settled
did-other-used = { $title }: the other version is used
did-again = Done again
did-dismissed = Given up an edit that was not taken
did-imported = { $added } added, { $changed } changed, { $unchanged } unchanged

## Failures

failure-disk-full = The disk is full, so nothing was saved. Free some space, then try again.
failure-read-only = The data folder cannot be written, so nothing was saved. Check its permissions, then try again.
failure-busy = Another program holds the data file, so nothing was saved. Close that program, then try again.
failure-gone = The data file is gone. Put it back, or restart Weekwise: the file is then put together again as it was.
failure-damaged = The data file is damaged. Restart Weekwise: it sets the file aside and puts it together again from the newest snapshot and the edits since.
failure-disk = The disk refused ({ $detail }), so nothing was saved. Check the disk and your quota, then try again.
failure-newer = A newer version of Weekwise wrote this file. Update Weekwise to open it; the file was left as it is.
failure-other = The data could not be reached ({ $detail }).
failure-bad-file = Nothing was imported. { $n ->
    [one] One place in the file needs correcting:
   *[other] { $n } places in the file need correcting:
}
failure-file-place = { $position }: { $reason }
failure-more = …and { $n } more.
failure-unknown-series = This slot is not there any more.
failure-in-trash = This slot is in the trash. Restore it first.
failure-not-in-trash = This slot is not in the trash.
failure-not-a-date = The series does not take place on { $date } any more.
failure-nothing-to-put-back = { $date } already follows the pattern.
failure-no-dates = With these dates it would never take place.
failure-segments-meet = Two parts of the series would both take place on { $date }.
failure-not-open = That is not open any more: it was dealt with, perhaps on another device.
failure-id-taken = This slot was already added.
failure-system = The system refused: { $detail }
failure-call = The window lost its connection to the app ({ $detail }). Restart Weekwise.
failure-retry = Try again
notice-damaged = The data file was damaged. It was set aside as { $file }.
notice-gone = The data file was gone.
notice-from-snapshot = The snapshot of { $date }, { $time } took its place.
notice-from-snapshot-and-edits = A new one was put together from the snapshot of { $date }, { $time } and { $n ->
    [one] the edit since.
   *[other] the { $n } edits since.
}
notice-from-edits = A new one was put together from { $n ->
    [one] its one edit.
   *[other] its { $n } edits.
}
notice-part = Later edits may be missing: look over what you changed last.
notice-afresh = The data file was damaged, and there was neither a snapshot nor a journal of edits. A new file was begun; the damaged one was set aside as { $file }.
notice-caught-up = The data file lacked your last { $n } edits. They were done again; nothing is missing.
notice-snapshot = The daily snapshot could not be taken ({ $detail }).
