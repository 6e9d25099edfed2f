"""Pages of the import clinic: list, upload, and one page per import that shows the step it is at."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from guibin.accounts import api as accounts
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.customers import api as customers
from guibin.integrations import api, mending, pages
from guibin.integrations.lists import LIST
from guibin.integrations.permissions import IMPORT_FILES, UNDO_IMPORTS, VIEW_IMPORTS
from guibin.integrations.wording import REVEAL_WORDS
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_page, read_whole
from guibin.web.links import link_url
from guibin.web.listing import render_list

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(VIEW_IMPORTS)
def import_list(request: HttpRequest) -> HttpResponseBase:
    def fetch(state: Any) -> Any:
        kinds, states = state.get("kind") or (), state.get("state") or ()
        return api.list_imports(kinds=tuple(kinds), states=tuple(states), number=state.page, size=state.size)

    return render_list(
        request, LIST, fetch, template="integrations/list.html", context={"page_key": "integrations.list"}
    )


class SealingHandler(FileUploadHandler):
    """Takes an upload piece by piece into a sealed file; nothing of it lies about in the clear."""

    incoming: api.Incoming | None = None
    given_name = ""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.incoming is None and self.file_name:
            self.incoming, self.given_name = api.Incoming(), str(self.file_name)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.incoming is None:
            return raw_data
        self.incoming.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> None:
        return None

    def upload_interrupted(self) -> None:
        if self.incoming is not None:
            self.incoming.discard()


@csrf_exempt
@requires(IMPORT_FILES)
def new_import(request: HttpRequest) -> HttpResponse:
    """The check of the form's token comes inside, once the upload has its sealed place to go."""
    if request.method == "POST":
        request.upload_handlers = [SealingHandler(request)]
    return _new_import(request)


@csrf_protect
def _new_import(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        kind = request.POST.get("kind", "auto")
        handler = request.upload_handlers[0]
        incoming = handler.incoming if isinstance(handler, SealingHandler) else None
        if incoming is None or not incoming.size:
            messages.error(request, _("Please choose a file."))
            return redirect("integrations:new")
        assert isinstance(handler, SealingHandler)
        actor = actor_of(request)
        import_id = incoming.finish(
            kind=kind, file_name=handler.given_name, step="check", actor=actor, at=now()
        )
        return redirect("integrations:import", import_id=import_id)
    context = {
        "page_key": "integrations.start",
        "kinds": list(api.KIND_LABELS.items()),
        "crumbs": [(_("Import"), reverse("integrations:list"))],
    }
    return render(request, "integrations/new.html", context)


@requires(VIEW_IMPORTS)
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """The import at the step it is at."""
    run = api.get_import(import_id)
    job = pages.job_of(run)
    busy = job is not None and not job["is_over"]
    context: dict[str, Any] = {
        "page_key": "integrations.import",
        "menu_key": "integrations.list",
        "run": run,
        "job": job,
        "busy": busy,
        "title": pages.title_of(run),
        "steps": pages.steps(run),
        "state_words": run.state_label,
        "crumbs": [(_("Import"), reverse("integrations:list"))],
        "poll_url": reverse("integrations:progress", args=[run.id]),
        "may_undo": actor_of(request).may(UNDO_IMPORTS) and api.may_undo(run.id, now()),
        "kind_label": api.KIND_LABELS[run.kind],
        "next_url": _next_url(request),
        **_revealing(request),
        "why": (job or {}).get("sentence") or (pages.why_stopped(run, None) if run.error_code else ""),
    }
    if not busy and run.state in {"checked", "mapped"}:
        organisation = accounts.organisation()
        context["crumbs"] = [*context["crumbs"], (context["title"], "")]
        context |= pages.mapping_context(run) | {
            "base_currency": organisation.base_currency,
            "currency_open": not api.amounts_exist(),
            "policies": _policies(),
        }
        return render(request, "integrations/mapping.html", context)
    if not busy and run.outcomes:
        context |= pages.result_context(run) | {
            "stayed": pages.kept_items(
                [(item[0], item[1], item[2]) for item in run.kept if isinstance(item, list)],
                actor=actor_of(request),
            ),
            "same": mending.met_twice(run, actor=actor_of(request)),
            "samples": mending.preview(run) if run.state == "dry_run" else [],
        }
    return render(request, "integrations/import.html", context)


def _revealing(request: HttpRequest) -> dict[str, Any]:
    """Whether the reader may have the whole values of a file, and for which reasons."""
    return {
        "may_reveal": actor_of(request).may(customers.REVEAL_CUSTOMER),
        "reasons": [(code, REVEAL_WORDS[code]) for code in customers.REVEAL_REASONS],
    }


def _next_url(request: HttpRequest) -> str:
    """Where somebody goes from an import that is done: on in the guided first run, else to the VIPs."""
    actor = actor_of(request)
    if not accounts.organisation().is_set_up and actor.may(accounts.MANAGE_ORGANISATION):
        return link_url("console.welcome", actor=actor)
    return link_url("console.vips", actor=actor)


def _policies() -> list[tuple[str, str]]:
    return [
        ("fill", _("Fill in what is missing")),
        ("skip", _("Leave them as they are")),
        ("overwrite", _("Overwrite with the file")),
    ]


@requires(VIEW_IMPORTS)
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The progress of the step that is running; when it is over the page loads itself anew."""
    run = api.get_import(import_id)
    job = pages.job_of(run)
    if job is None or job["is_over"]:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("integrations:import", args=[import_id])
        return response
    context = {"job": job, "poll_url": reverse("integrations:progress", args=[run.id])}
    return render(request, "integrations/progress.html", context)


@requires(IMPORT_FILES)
@require_POST
def map_columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Takes the mapping; then the dry run, another reading of the file, or a saved template."""
    actor = actor_of(request)
    action = request.POST.get("action", "stage")
    if action == "read":
        return _read_again(request, import_id)
    try:
        api.map_columns(run_id=import_id, **_mapping(request.POST), actor=actor, at=now())
        if action == "template":
            api.save_template(
                run_id=import_id, name=request.POST.get("template_name", ""), actor=actor, at=now()
            )
            messages.success(request, _("Saved. The next file with these headings is mapped by itself."))
        elif action == "stage":
            api.queue_step(run_id=import_id, step="stage", actor=actor, at=now())
    except DomainError as error:
        messages.error(request, error.sentence)
    return redirect("integrations:import", import_id=import_id)


def _mapping(data: Any) -> dict[str, Any]:
    targets: dict[int, str] = {}
    styles: dict[int, dict[str, str]] = {}
    for key, value in data.items():
        name, _dash, place = key.partition("-")
        column = read_whole(place)
        if column is None:
            continue
        if name == "target":
            targets[column] = value
        elif name in {"order", "mark"}:
            styles.setdefault(column, {})[name] = value
    return {
        "kind": data.get("kind", ""),
        "targets": targets if data.get("kind", "") in {"", data.get("kind_was", "")} else {},
        "styles": styles,
        "policy": data.get("policy", ""),
        "source": data.get("source", ""),
        "currency": data.get("currency", ""),
    }


def _read_again(request: HttpRequest, import_id: int) -> HttpResponse:
    options: dict[str, Any] = {}
    for name in ("encoding", "delimiter", "sheet"):
        if request.POST.get(name):
            options[name] = {"tab": "\t"}.get(request.POST[name], request.POST[name])
    header = read_whole(request.POST.get("header"))
    if header is not None:
        options["header"] = header
    if request.POST.get("repair"):
        options["repair"] = request.POST["repair"].split(",")[:2]
    api.queue_step(run_id=import_id, step="check", options=options, actor=actor_of(request), at=now())
    return redirect("integrations:import", import_id=import_id)


@requires(IMPORT_FILES)
@require_POST
def start(request: HttpRequest, import_id: int) -> HttpResponse:
    """The go-ahead, or going on after a stop."""
    api.queue_step(run_id=import_id, step="run", actor=actor_of(request), at=now())
    return redirect("integrations:import", import_id=import_id)


@requires(IMPORT_FILES)
@require_POST
def back_to_mapping(request: HttpRequest, import_id: int) -> HttpResponse:
    """From the dry run back to the columns."""
    api.map_columns(run_id=import_id, actor=actor_of(request), at=now())
    return redirect("integrations:import", import_id=import_id)


@requires(IMPORT_FILES)
@require_POST
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    api.ask_cancel(run_id=import_id, actor=actor_of(request), at=now())
    messages.info(request, _("The import stops after the rows it is at."))
    return redirect("integrations:import", import_id=import_id)


@requires(UNDO_IMPORTS)
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """What would go and what would stay; then, confirmed, the undoing itself."""
    run = api.get_import(import_id)
    if request.method == "POST":
        api.queue_step(run_id=import_id, step="undo", actor=actor_of(request), at=now())
        return redirect("integrations:import", import_id=import_id)
    preview = api.preview_undo(run_id=import_id, actor=api.empowered(actor_of(request)), at=now())
    context = {
        "page_key": "integrations.import",
        "menu_key": "integrations.list",
        "run": run,
        "title": pages.title_of(run),
        "removed": [(pages.thing_words(what), count) for what, count in preview.removed.items()],
        "kept": pages.kept_items(
            [(item.what, item.id, item.reason) for item in preview.kept], actor=actor_of(request)
        ),
        "kept_count": len(preview.kept),
        "crumbs": [
            (_("Import"), reverse("integrations:list")),
            (pages.title_of(run), reverse("integrations:import", args=[import_id])),
        ],
    }
    return render(request, "integrations/undo.html", context)


@requires(VIEW_IMPORTS, IMPORT_FILES)
def rows(request: HttpRequest, import_id: int) -> HttpResponse:
    """Rows that were turned down, one by one, their bad cells to type anew."""
    run = api.get_import(import_id)
    job = pages.job_of(run)
    if job is not None and not job["is_over"]:
        return redirect("integrations:import", import_id=import_id)
    number = read_page(request.GET.get("page"), size=mending.ROWS_EACH)
    if request.method == "POST":
        cells = mending.changed_cells(run, request.POST, number=number)
        if not cells:
            messages.info(request, _("No cell was changed."))
            return redirect(f"{reverse('integrations:rows', args=[import_id])}?page={number}")
        into = api.fix_rows(run_id=import_id, cells=cells, actor=actor_of(request), at=now())
        return redirect("integrations:import", import_id=into)
    context = (
        mending.rows_context(run, number=number)
        | _revealing(request)
        | {
            "page_key": "integrations.import",
            "menu_key": "integrations.list",
            "run": run,
            "title": pages.title_of(run),
            "page_url": f"{reverse('integrations:rows', args=[import_id])}?page=",
            "crumbs": [
                (_("Import"), reverse("integrations:list")),
                (pages.title_of(run), reverse("integrations:import", args=[import_id])),
            ],
        }
    )
    return render(request, "integrations/rows.html", context)


@csrf_exempt
@requires(IMPORT_FILES)
@require_POST
def corrected(request: HttpRequest, import_id: int) -> HttpResponse:
    """The workbook of bad rows comes back corrected; it is mapped as the import was."""
    request.upload_handlers = [SealingHandler(request)]
    return _corrected(request, import_id)


@csrf_protect
def _corrected(request: HttpRequest, import_id: int) -> HttpResponse:
    api.get_import(import_id)
    request.POST.get("kind")  # the request's body is read, and the file with it
    handler = request.upload_handlers[0]
    incoming = handler.incoming if isinstance(handler, SealingHandler) else None
    if incoming is None or not incoming.size or not isinstance(handler, SealingHandler):
        messages.error(request, _("Please choose a file."))
        return redirect("integrations:import", import_id=import_id)
    into = api.finish_correction(
        import_id, incoming, file_name=handler.given_name, actor=actor_of(request), at=now()
    )
    return redirect("integrations:import", import_id=into)


@requires(VIEW_IMPORTS, IMPORT_FILES, customers.REVEAL_CUSTOMER)
@require_POST
def errors(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The workbook of rows that were not imported, for a reason; the look is recorded."""
    pieces = api.reveal_workbook(
        run_id=import_id, reason=request.POST.get("reason", ""), actor=actor_of(request), at=now()
    )
    response = StreamingHttpResponse(pieces, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="import-{import_id}-rows.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
