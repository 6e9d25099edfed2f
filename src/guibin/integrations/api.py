"""The door of integrations: files in, step by step, and whole imports out again.

``upload`` or ``register`` → ``check_file`` → ``map_columns`` → ``stage_run`` (dry run) → ``run_import``
→ perhaps ``undo_import``. Each step may be repeated; ``queue_step`` has the worker do it. Files rest sealed
under ``GUIBIN_HOME/imports`` and are deleted after some days.
"""

from guibin.integrations.errors import (
    FileRefused,
    FilesGone,
    ImportCancelled,
    ImportUnknown,
    NothingToImport,
    RunningElsewhere,
    StepBroke,
)
from guibin.integrations.mapping.ready import READY
from guibin.integrations.mapping.targets import KIND_LABELS
from guibin.integrations.operations.checking import check_file, found_of
from guibin.integrations.operations.currencies import amounts_exist
from guibin.integrations.operations.fields import fields_of
from guibin.integrations.operations.fixing import finish_correction, fix_rows, list_bad_rows
from guibin.integrations.operations.folder import find_json
from guibin.integrations.operations.forgetting import forget_old_files
from guibin.integrations.operations.locking import hold, is_held
from guibin.integrations.operations.placing import lacking_fields, map_columns, save_template
from guibin.integrations.operations.preparing import Wish, begun_runs, find_begun, go_on, prepare
from guibin.integrations.operations.previewing import stage_run
from guibin.integrations.operations.queueing import (
    actor_of,
    detach_job,
    empowered,
    is_behind,
    queue_step,
)
from guibin.integrations.operations.reporting import BadRow, reveal_workbook
from guibin.integrations.operations.running import (
    ask_cancel,
    mark_failed,
    resumable,
    run_import,
    unfinished_runs,
)
from guibin.integrations.operations.staging import type_rows
from guibin.integrations.operations.undoing import Kept, Undone, may_undo, preview_undo, undo_import
from guibin.integrations.operations.uploading import Incoming, digest_of, register, upload
from guibin.integrations.permissions import IMPORT_FILES, UNDO_IMPORTS, VIEW_IMPORTS
from guibin.integrations.queries import (
    RunView,
    count_imports,
    find_earlier,
    find_unfinished,
    get_import,
    list_imports,
    list_templates,
    list_waiting,
)
from guibin.integrations.rules.states import KINDS, MATCH_KEYS, POLICIES

__all__ = [
    "IMPORT_FILES",
    "KINDS",
    "KIND_LABELS",
    "MATCH_KEYS",
    "POLICIES",
    "READY",
    "UNDO_IMPORTS",
    "VIEW_IMPORTS",
    "BadRow",
    "FileRefused",
    "FilesGone",
    "ImportCancelled",
    "ImportUnknown",
    "Incoming",
    "Kept",
    "NothingToImport",
    "RunView",
    "RunningElsewhere",
    "StepBroke",
    "Undone",
    "Wish",
    "actor_of",
    "amounts_exist",
    "ask_cancel",
    "begun_runs",
    "check_file",
    "count_imports",
    "detach_job",
    "digest_of",
    "empowered",
    "fields_of",
    "find_begun",
    "find_earlier",
    "find_json",
    "find_unfinished",
    "finish_correction",
    "fix_rows",
    "forget_old_files",
    "found_of",
    "get_import",
    "go_on",
    "hold",
    "is_behind",
    "is_held",
    "lacking_fields",
    "list_bad_rows",
    "list_imports",
    "list_templates",
    "list_waiting",
    "map_columns",
    "mark_failed",
    "may_undo",
    "prepare",
    "preview_undo",
    "queue_step",
    "register",
    "resumable",
    "reveal_workbook",
    "run_import",
    "save_template",
    "stage_run",
    "type_rows",
    "undo_import",
    "unfinished_runs",
    "upload",
]
