import inspect
import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import SafeString

from guibin.core.paging import Page
from guibin.web import drawn
from guibin.web.templatetags.guibin import COMPONENTS, undo_parts


def render(text: str, **values: Any) -> str:
    with translation.override("en"):
        return re.sub(r"\s+", " ", Template("{% load guibin %}" + text).render(Context(values)))


def test_parts_and_body_land_in_their_places() -> None:
    html = render(
        '{% panel "Sales" note="yuan" %}{% part "actions" %}<a href="#">x</a>{% endpart %}'
        "<p>body</p>{% endpanel %}"
    )
    assert '<h2>Sales<small>yuan</small></h2><div class="gb-panel-actions"><a href="#">x</a></div>' in html
    assert '<div class="gb-body"><p>body</p></div>' in html


def test_a_part_inside_a_condition_and_a_component_inside_a_component() -> None:
    html = render(
        '{% panel "a" %}{% if yes %}{% part "foot" %}{% tag "inner" kind="good" %}{% endpart %}{% endif %}'
        '{% receipt "why" %}{% part "x" %}lost{% endpart %}because{% endreceipt %}{% endpanel %}',
        yes=True,
    )
    assert '<footer><span class="gb-tag" data-kind="good">inner</span></footer>' in html
    assert "<b>why</b> because" in html
    assert "lost" not in html


def test_values_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for text in (
        "{% tag evil %}",
        "{% panel evil %}{% endpanel %}",
        "{% stat evil evil note=evil %}",
        "{% avatar evil %}",
    ):
        assert "<script>" not in render(text, evil=evil)


@pytest.mark.parametrize(
    "text",
    ['{% tag "a" colour="red" %}', "{% tag 1 2 3 4 %}", '{% panel "a" %}', '{% part "x" %}{% endpart %}'],
)
def test_a_wrong_tag_is_refused(text: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(text)


def test_bars_stay_inside_their_track() -> None:
    assert 'width="92" height="6" rx="3"/></svg><span class="num">250.0%' in render("{% share 2.5 %}")
    html = render('{% pace "Visits" 29 target=46 ratio=0.63 expected=0.77 %}')
    assert 'class="gb-fill is-behind" y="4" width="630"' in html
    assert 'class="gb-tick" x="770"' in html
    assert 'width="1000" height="6" rx="3"/><rect class="gb-tick" x="700"' in render(
        '{% pace "a" 1 target=1 ratio=1.1 expected=0.77 %}'
    )


def test_a_job_polls_only_while_it_lives() -> None:
    live = {"state": "running", "done": 3, "total": 10, "text": "3 of 10"}
    assert 'hx-get="/jobs/1"' in render('{% job job "/jobs/1" %}', job=live)
    assert "hx-get" not in render('{% job job "/jobs/1" %}', job={**live, "state": "done"})


class Trial(forms.Form):
    phone = forms.CharField(label="Phone", help_text="With the area code.")
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], initial="b")


def test_a_field_has_label_help_error_and_the_right_keyboard() -> None:
    form = Trial({"phone": ""})
    html = render('{% field form.phone keyboard="tel" %}', form=form)
    assert '<label class="gb-label" for="id_phone">Phone</label>' in html
    assert 'inputmode="tel"' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    for name in described[1].split():
        assert f'id="{name}"' in html, name
    assert 'class="form-check-input"' in render("{% field form.many %}", form=form)
    assert re.search(r'value="b" checked', render("{% segmented form.one %}", form=Trial()))
    with pytest.raises(ValueError, match="keyboard"):
        render('{% field form.phone keyboard="big" %}', form=form)


def test_the_pager_leaves_gaps() -> None:
    html = render('{% pagination page "?page=" %}', page=Page([0], 1000, 10, 50))
    assert [int(n) for n in re.findall(r'\?page=(\d+)"', html)] == [9, 1, 9, 11, 20, 11]
    assert html.count("…") == 2
    assert render('{% pagination page "?page=" %}', page=Page([0], 10, 1, 50)).strip() == ""


def test_every_component_is_drawn_without_inline_style_or_handler() -> None:
    for component in COMPONENTS:
        if component.draw is None:
            source = open_template(component.template)
        else:
            source = inspect.getsource(component.draw)
        assert "style=" not in source
        assert not re.search(r"\son[a-z]+=", source), component.name


EVIL = "<i>&\"'"


def test_what_is_drawn_in_python_escapes_every_value_and_keeps_safe_ones() -> None:
    parts = {"actions": EVIL, "foot": EVIL, "note": EVIL}
    drawn_things = [
        drawn.avatar(EVIL, EVIL),
        drawn.tier(EVIL, EVIL, EVIL),
        drawn.tag(EVIL, EVIL, EVIL),
        drawn.chip(EVIL, EVIL, True, EVIL, EVIL, True),
        drawn.chip(EVIL, None, False, EVIL, EVIL),
        drawn.clock(EVIL, EVIL, EVIL),
        drawn.stat(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL),
        drawn.day(EVIL),
        drawn.event(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL),
        drawn.facts([(EVIL, EVIL, EVIL), (EVIL, EVIL)]),
        drawn.tabs([(EVIL, EVIL, True, EVIL), (EVIL, EVIL, False)], EVIL),
        drawn.panel(EVIL, EVIL, True, EVIL, EVIL, parts),
        drawn.receipt(EVIL, EVIL, EVIL),
        drawn.next_level(0.5, [(0.2, EVIL)], EVIL, parts),
        drawn.share(0.5, EVIL),
        drawn.icon(EVIL, EVIL),
    ]
    for html in drawn_things:
        assert "<i>" not in html
        assert "\"'" not in html
    assert "<b>x</b>" in drawn.receipt("a", body=SafeString("<b>x</b>"))


def test_what_is_drawn_in_python_reads_as_it_should() -> None:
    assert drawn.chip("A", "/a", True, 0) == '<a class="gb-chip" href="/a" aria-current="true">A <b>0</b></a>'
    assert drawn.chip("A") == '<button type="button" class="gb-chip" aria-pressed="false">A</button>'
    assert drawn.stat("L", 3, note="n", unit="u") == (
        '<div class="gb-stat"><dt>L</dt><dd>3 <small>u</small></dd><dd class="gb-stat-note">n</dd></div>'
    )
    assert drawn.event("T", at="08:46", body=" ") == (
        '<li class="gb-event"><span class="gb-dot"><i class="ti ti-point" aria-hidden="true"></i></span>'
        "<h3>T</h3><time>08:46</time></li>"
    )
    assert drawn.facts([("t", "v", ""), ("t", "v", "/u")]) == (
        '<dl class="gb-facts"><dt>t</dt><dd>v</dd><dt>t</dt><dd><a href="/u">v</a></dd></dl>'
    )
    assert 'width="500" height="10"' in drawn.next_level(0.5)


def open_template(name: str) -> str:
    from django.template.loader import get_template

    return str(get_template(name).template.source)  # type: ignore[attr-defined]


def test_undo_messages_name_their_address() -> None:
    class Message:
        extra_tags = "undo:/sales/7/undo:30"

    assert undo_parts(Message()) == ("/sales/7/undo", "30")
    Message.extra_tags = ""
    assert undo_parts(Message()) is None
