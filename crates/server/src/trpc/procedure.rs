//! What can be called.

/// Whether a procedure reads or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It reads, over GET.
    Query,
    /// It changes something, over POST.
    Mutation,
}

impl Kind {
    /// The word of tRPC.
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
        }
    }
}

/// A procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Procedure {
    /// Whether the server answers.
    HealthCheck,
    /// Who is signed in.
    PrivateData,
    /// Makes a slot.
    CreateSchedule,
    /// Seven days.
    GetSchedulesForWeek,
    /// Gives a slot another time on one date.
    UpdateSlot,
    /// Cancels a slot on one date.
    DeleteSlot,
    /// Deletes a slot.
    DeleteSchedule,
}

impl Procedure {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::HealthCheck,
        Self::PrivateData,
        Self::CreateSchedule,
        Self::GetSchedulesForWeek,
        Self::UpdateSlot,
        Self::DeleteSlot,
        Self::DeleteSchedule,
    ];

    /// Its path.
    pub fn path(self) -> &'static str {
        match self {
            Self::HealthCheck => "healthCheck",
            Self::PrivateData => "privateData",
            Self::CreateSchedule => "scheduler.createSchedule",
            Self::GetSchedulesForWeek => "scheduler.getSchedulesForWeek",
            Self::UpdateSlot => "scheduler.updateSlot",
            Self::DeleteSlot => "scheduler.deleteSlot",
            Self::DeleteSchedule => "scheduler.deleteSchedule",
        }
    }

    /// The one at a path.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|procedure| procedure.path() == path)
    }

    /// Whether it reads or changes.
    pub fn kind(self) -> Kind {
        match self {
            Self::HealthCheck | Self::PrivateData | Self::GetSchedulesForWeek => Kind::Query,
            Self::CreateSchedule | Self::UpdateSlot | Self::DeleteSlot | Self::DeleteSchedule => Kind::Mutation,
        }
    }
}
