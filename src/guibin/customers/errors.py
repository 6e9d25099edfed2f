"""Refusals of this slice, named for the wish that failed."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, Invalid, NotFound


class CustomerUnknown(NotFound):
    code = "customers.customer_unknown"
    message = _("There is no customer %(number)s.")


class CustomerErased(Conflict):
    code = "customers.customer_erased"
    message = _(
        "The personal data of %(number)s have been erased; nothing more can be written about this person."
    )


class CustomerChanged(Conflict):
    code = "customers.customer_changed"
    message = _("%(number)s was changed by somebody else in the meantime. Reload and try again.")


class CustomerNotActive(Conflict):
    code = "customers.customer_not_active"
    message = _("%(number)s is archived already.")


class CustomerNotArchived(Conflict):
    code = "customers.customer_not_archived"
    message = _("%(number)s is not archived.")


class NameMissing(Invalid):
    code = "customers.name_missing"
    message = _("Give at least a name, or one way to reach the person.")


class PhoneInvalid(Invalid):
    code = "customers.phone_invalid"
    message = _("This is not a possible phone number.")


class EmailInvalid(Invalid):
    code = "customers.email_invalid"
    message = _("This is not a possible e-mail address.")


class WechatInvalid(Invalid):
    code = "customers.wechat_invalid"
    message = _("This is not a possible WeChat id.")


class IdNumberInvalid(Invalid):
    code = "customers.id_number_invalid"
    message = _("This is not a valid ID number: a digit is wrong or missing.")


class IdNumberTaken(Conflict):
    code = "customers.id_number_taken"
    message = _("Another customer has this ID number.")


class BirthdayInvalid(Invalid):
    code = "customers.birthday_invalid"
    message = _("This day does not exist in that calendar.")


class GenderInvalid(Invalid):
    code = "customers.gender_invalid"
    message = _("This is not one of the genders on offer.")


class TextTooLong(Invalid):
    code = "customers.text_too_long"
    message = _("This text is too long: at most %(limit)s characters.")


class HoursInvalid(Invalid):
    code = "customers.hours_invalid"
    message = _("The hours must be between 0 and 24, the first before the second.")


class ContactUnknown(NotFound):
    code = "customers.contact_unknown"
    message = _("This contact point is not there any more.")


class ContactTwice(Conflict):
    code = "customers.contact_twice"
    message = _("This customer has this contact point already.")


class ExternalIdTaken(Conflict):
    code = "customers.external_id_taken"
    message = _("Another customer has this id or card of %(source)s.")


class TagUnknown(NotFound):
    code = "customers.tag_unknown"
    message = _("There is no such tag.")


class TagTaken(Conflict):
    code = "customers.tag_taken"
    message = _("There is a tag called %(name)s already.")


class TagNameInvalid(Invalid):
    code = "customers.tag_name_invalid"
    message = _("A tag needs a name of at most %(limit)s characters.")


class TagColourInvalid(Invalid):
    code = "customers.tag_colour_invalid"
    message = _("This is not one of the tag colours.")


class NoteEmpty(Invalid):
    code = "customers.note_empty"
    message = _("Write something first; at most %(limit)s characters.")


class AttributeUnknown(NotFound):
    code = "customers.attribute_unknown"
    message = _("There is no field with the code %(code)s.")


class AttributeTaken(Conflict):
    code = "customers.attribute_taken"
    message = _("There is a field with this code or name already.")


class AttributeDefinitionInvalid(Invalid):
    code = "customers.attribute_definition_invalid"
    message = _("A field needs a code (a-z, 0-9, _), a Chinese name, a kind, and choices if it is a choice.")


class AttributeValueInvalid(Invalid):
    code = "customers.attribute_value_invalid"
    message = _("This value does not fit the field %(code)s.")


class ReasonUnknown(Invalid):
    code = "customers.reason_unknown"
    message = _("Say for what reason you need to see this.")


class MatchKeyUnknown(Invalid):
    code = "customers.match_key_unknown"
    message = _("Rows cannot be matched by %(key)s.")


class MergeWithItself(Invalid):
    code = "customers.merge_with_itself"
    message = _("Choose two different customers.")


class MergedAlready(Conflict):
    code = "customers.merged_already"
    message = _("%(number)s has been merged into another customer already.")


class TwoPeople(Conflict):
    code = "customers.two_people"
    message = _(
        "%(one)s and %(other)s have different ID numbers, so they are two people. If one of the numbers is "
        "wrong, correct it first."
    )


class PersonAndCompany(Conflict):
    code = "customers.person_and_company"
    message = _("One of %(one)s and %(other)s is a person and the other a company.")


class KeptApart(Conflict):
    code = "customers.kept_apart"
    message = _(
        "%(one)s and %(other)s are marked as two different people. Take that mark back before merging them."
    )


class PairUnknown(NotFound):
    code = "customers.pair_unknown"
    message = _("Somebody has decided on these two already.")


class KeyPolicyUnknown(Invalid):
    code = "customers.key_policy_unknown"
    message = _("Choose for each key whether it joins, asks or is ignored.")


class MergeUnknown(NotFound):
    code = "customers.merge_unknown"
    message = _("There is no such merge.")


class MergeUndoneAlready(Conflict):
    code = "customers.merge_undone_already"
    message = _("This merge has been undone already.")


class KindInvalid(Invalid):
    code = "customers.kind_invalid"
    message = _("A customer is a person or a company.")


class KindFixed(Conflict):
    code = "customers.kind_fixed"
    message = _(
        "%(number)s cannot become this kind of customer: take away the ID number or code and the relations "
        "that do not suit it first."
    )


class CreditCodeInvalid(Invalid):
    code = "customers.credit_code_invalid"
    message = _("This is not a valid unified social credit code: a character is wrong or missing.")


class RelationUnknown(NotFound):
    code = "customers.relation_unknown"
    message = _("This relation is not there any more.")


class RelationInvalid(Invalid):
    code = "customers.relation_invalid"
    message = _("There is no such relation. Choose what they are to each other.")


class RelationWithItself(Invalid):
    code = "customers.relation_with_itself"
    message = _("These are the same customer. Nobody is related to themselves.")


class RelationPeriodInvalid(Invalid):
    code = "customers.relation_period_invalid"
    message = _("It ends before it begins.")


class RelationUnsuitable(Invalid):
    code = "customers.relation_unsuitable"
    message = _("People have families and work for companies; these two cannot be related this way.")


class RelationKnown(Conflict):
    code = "customers.relation_known"
    message = _("This relation is here already.")


class RelationContradicts(Conflict):
    code = "customers.relation_contradicts"
    message = _("This contradicts another relation of the two.")


class SpouseTaken(Conflict):
    code = "customers.spouse_taken"
    message = _("One of them is married to somebody else at that time. End that first.")


class ReferrerTaken(Conflict):
    code = "customers.referrer_taken"
    message = _("Somebody else is known as the referrer already.")


class RelationChanged(Conflict):
    code = "customers.relation_changed"
    message = _("Somebody else changed this relation in the meantime. Look at it again.")


class PreferenceInvalid(Invalid):
    code = "customers.preference_invalid"
    message = _("Give hours as a pair, the earlier first, and a channel and a language from the lists.")


class StaffNotHere(Invalid):
    code = "customers.staff_not_here"
    message = _("This member of staff does not work here.")


class StaffRoleInvalid(Invalid):
    code = "customers.staff_role_invalid"
    message = _("Choose in which role this member of staff looks after the customer.")


class StaffLinkUnknown(NotFound):
    code = "customers.staff_link_unknown"
    message = _("This member of staff does not look after the customer any more.")


class RequirementUnknown(NotFound):
    code = "customers.requirement_unknown"
    message = _("This requirement is not there any more.")


class RequirementEmpty(Invalid):
    code = "customers.requirement_empty"
    message = _("Write what the customer asks for, in at most %(limit)s characters.")


class RequirementChanged(Conflict):
    code = "customers.requirement_changed"
    message = _("Somebody else changed this requirement in the meantime. Look at it again.")


class RequirementSubjectInvalid(Invalid):
    code = "customers.requirement_subject_invalid"
    message = _("What a requirement is about is a word such as order, and a number.")


class RequirementTypeUnknown(NotFound):
    code = "customers.requirement_type_unknown"
    message = _("There is no such kind of requirement.")


class RequirementTypeInvalid(Invalid):
    code = "customers.requirement_type_invalid"
    message = _("A kind of requirement needs a code of small letters, digits and _, and a name in Chinese.")


class RequirementTypeTaken(Conflict):
    code = "customers.requirement_type_taken"
    message = _("There is a kind of requirement with this code or name already.")
