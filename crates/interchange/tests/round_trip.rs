//! What is written reads back as it was, and good files of all shapes are read.

use proptest::{collection, option, prelude::*};
use uuid::Uuid;
use weekwise_domain::{
    Cancellation, Clock, Color, Date, Details, EveryNWeeks, Exception, ExceptionKey, Location, Minute, Notes, Override,
    Pattern, ReminderMinutes, Schedule, ScheduleId, SeriesId, Setting, SlotLimit, Theme, TimeRange, TimeZone, Title,
    Validity, View, Weekday,
};
use weekwise_interchange::{Document, read, write};

const GOLDEN: &str = include_str!("golden.json");

#[test]
fn the_golden_file_is_written_as_it_was_read() {
    let document = read(GOLDEN).expect("the golden file is good");
    assert_eq!(write(&document), GOLDEN);
}

#[test]
fn the_term_reads_in() {
    let document = read(include_str!("../../../tests/data/term/term.json")).expect("the term is good");
    assert_eq!((document.schedules.len(), document.exceptions.len(), document.settings.len()), (24, 49, 2));
}

#[test]
fn what_may_be_absent_has_its_default() {
    let text =
        "\u{feff}{\"format\": \"weekwise\", \"version\": 1, \"from_a_later_version\": {\"x\": 1}, \"schedules\": [
        {\"id\": \"018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60\", \"day_of_week\": 6, \"start\": \"9:00\", \"end\": \"24:00\",
         \"valid_from\": \"2026-01-05\", \"mood\": \"good\"}]}";
    let document = read(text).expect("the file is good");
    let row = &document.schedules[0];
    assert_eq!(row.pattern.series_id, row.id.into());
    assert_eq!(row.pattern.time.to_string(), "09:00–24:00");
    assert_eq!(row.pattern.every, EveryNWeeks::ONE);
    assert_eq!(row.pattern.validity.until, None);
    assert_eq!(row.details, Details::default());
    assert!(row.active);
    assert!(document.exceptions.is_empty() && document.settings.is_empty());
}

#[test]
fn a_null_reads_as_an_absent_key_and_a_settings_null_follows_the_system() {
    let text = r#"{"format": "weekwise", "version": 1, "exceptions": null, "schedules": [
        {"id": "018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60", "series_id": null, "day_of_week": 6, "start": "9:00",
         "end": "10:00", "valid_from": "2026-01-05", "every_n_weeks": null, "title": null, "color": null,
         "active": null}], "settings": {"time_zone": null, "clock": null}}"#;
    let document = read(text).expect("the file is good");
    assert_eq!(document.schedules[0].details, Details::default());
    assert_eq!(document.settings, [Setting::TimeZone(None), Setting::Clock(None)]);
}

#[test]
fn settings_of_the_device_are_not_written() {
    let settings = vec![Setting::Theme(Theme::Dark), Setting::HideWeekend(true), Setting::View(View::Weeks)];
    let text = write(&Document { settings, ..Document::default() });
    assert!(text.contains("\"settings\": {}"), "{text}");
    assert!(text.ends_with("}\n"), "{text}");
}

fn dates() -> impl Strategy<Value = Date> {
    (Date::MIN.day_number()..=Date::MAX.day_number()).prop_map(|day| Date::from_day_number(day).expect("in range"))
}

fn times() -> impl Strategy<Value = TimeRange> {
    (0u16..1440, 1u16..=1440)
        .prop_filter_map("runs backwards", |(start, end)| TimeRange::new(Minute::new(start)?, Minute::new(end)?).ok())
}

fn ids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn titles() -> impl Strategy<Value = Title> {
    "\\PC{0,40}".prop_map(|text| Title::new(text).expect("short, no control characters"))
}

fn notes() -> impl Strategy<Value = Notes> {
    "(\\PC|[\n\r\t\"\\\\]){0,60}".prop_map(|text| Notes::new(text).expect("short, only line breaks and tabs"))
}

prop_compose! {
    fn patterns()(series in ids(), day in 0u8..7, time in times(), from in dates(),
                  until in option::of(dates()), every in 1i64..=8) -> Pattern {
        Pattern {
            series_id: SeriesId(series),
            day_of_week: Weekday::try_from(day).expect("0 to 6"),
            time,
            validity: Validity { from, until },
            every: EveryNWeeks::try_from(every).expect("1 to 8"),
        }
    }
}

prop_compose! {
    fn details()(title in titles(), notes in notes(), location in titles(), color in 0..Color::ALL.len(),
                 reminder in option::of(0i64..=10_080)) -> Details {
        let location = Location::new(location.as_str()).expect("as a title");
        let reminder = reminder.map(|minutes| ReminderMinutes::try_from(minutes).expect("within a week"));
        Details { title, notes, location, color: Color::ALL[color], reminder }
    }
}

prop_compose! {
    fn schedules()(id in ids(), pattern in patterns(), details in details(), active: bool) -> Schedule {
        Schedule { id: ScheduleId(id), pattern, details, active }
    }
}

fn exceptions() -> impl Strategy<Value = Exception> {
    let cancelled = (option::of(titles()), option::of(notes()))
        .prop_map(|(title, notes)| Exception::Cancelled(Cancellation { title, notes }));
    let changed =
        (option::of(times()), option::of(dates()), option::of(titles()), option::of(notes()), option::of(titles()))
            .prop_map(|(time, moved_to, title, notes, location)| {
                Exception::Override(Override { time, moved_to, title, notes, location })
            });
    prop_oneof![cancelled, changed]
}

fn settings() -> impl Strategy<Value = Vec<Setting>> {
    let zone = option::of(prop_oneof![Just("Europe/Berlin"), Just("UTC"), Just("Etc/GMT+5")])
        .prop_map(|name| Setting::TimeZone(name.map(|name| TimeZone::try_from(name.to_owned()).expect("a name"))));
    let limit = (1i64..=24).prop_map(|slots| Setting::SlotLimit(SlotLimit::try_from(slots).expect("1 to 24")));
    let first = option::of(0u8..7)
        .prop_map(|day| Setting::FirstWeekday(day.map(|day| Weekday::try_from(day).expect("0 to 6"))));
    let clock = option::of(prop_oneof![Just(Clock::H12), Just(Clock::H24)]).prop_map(Setting::Clock);
    (option::of(limit), option::of(zone), option::of(first), option::of(clock))
        .prop_map(|(limit, zone, first, clock)| [limit, zone, first, clock].into_iter().flatten().collect())
}

prop_compose! {
    fn documents()(schedules in collection::btree_map(ids(), schedules(), 0..6),
                   exceptions in collection::btree_map((ids(), dates()), exceptions(), 0..6),
                   settings in settings()) -> Document {
        Document {
            schedules: schedules.into_iter().map(|(id, row)| Schedule { id: ScheduleId(id), ..row }).collect(),
            exceptions: exceptions.into_iter()
                .map(|((series, date), value)| (ExceptionKey { series_id: SeriesId(series), date }, value))
                .collect(),
            settings,
        }
    }
}

proptest! {
    #[test]
    fn a_document_survives_being_written_and_read(document in documents()) {
        let text = write(&document);
        prop_assert_eq!(read(&text).expect("what was written is good"), document);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(mut document in documents()) {
        let text = write(&document);
        document.schedules.reverse();
        document.exceptions.reverse();
        document.settings.reverse();
        prop_assert_eq!(write(&document), text);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,80}") {
        let _ = read(&text);
    }
}
