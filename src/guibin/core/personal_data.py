"""Privacy classes of the core's own tables."""

from guibin.core.privacy import PersonalData, PrivacyClass

NONE, ID = PrivacyClass.NONE, PrivacyClass.ID

PERSONAL_DATA = PersonalData(
    fields={
        **dict.fromkeys(
            [
                "LoggedEvent.id",
                "LoggedEvent.xid",
                "LoggedEvent.at",
                "LoggedEvent.name",
                "LoggedEvent.origin",
                "LoggedEvent.request_id",
                "LoggedEvent.batch_id",
                "LoggedEvent.data",
                "Deletion.id",
                "Deletion.table_name",
                "Deletion.row_id",
                "Deletion.xid",
                "ReactionCursor.reaction",
                "ReactionCursor.xid",
                "ReactionCursor.event_id",
                "ReactionFailure.id",
                "ReactionFailure.reaction",
                "ReactionFailure.event_id",
                "ReactionFailure.error_code",
                "ReactionFailure.attempts",
                "ReactionFailure.next_at",
                "PreferenceValue.key",
                "PreferenceValue.value",
                "PreferenceValue.changed_at",
                "JobRun.id",
                "JobRun.kind",
                "JobRun.state",
                "JobRun.done",
                "JobRun.total",
                "JobRun.result",
                "JobRun.error_code",
                "JobRun.queued_at",
                "JobRun.started_at",
                "JobRun.finished_at",
                "JobRun.cancel_asked",
                "PersonKey.epoch",
            ],
            NONE,
        ),
        "LoggedEvent.actor": PrivacyClass.STAFF,
        "LoggedEvent.subjects": ID,
        "JobRun.actor": PrivacyClass.STAFF,
        "PersonKey.person_id": ID,
        "PersonKey.wrapped": PrivacyClass.SECRET,
    }
)
