using Agency.Api.ContactRecords;

namespace Agency.Api.RulePacks.Kinds;

/// <summary>A related contact only while the debtor can't be reached, and not again after a refusal.</summary>
internal sealed record RelatedContact : RuleKind
{
    public override Breach? Judge(ContactFacts contact) =>
        contact.Party == Party.RelatedContact && (!contact.IsUnreachable || contact.HasRefused) ? new Breach() : null;
}
