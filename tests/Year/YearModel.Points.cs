using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Ways to reach the debtor: the bank's, agencies' finds, and what was learned about them.</content>
internal sealed partial class YearModel
{
    /// <param name="value">As it is kept; null for one that is none.</param>
    public string? AddPoint(CaseModel c, bool byBank, ContactPointKind kind, string? value, Party party, Consent consent, out PointModel? made)
    {
        made = null;
        if (!byBank && !c.IsOpen)
        {
            return "case.not_found";
        }

        if (value is null)
        {
            return "contact_point.value_invalid";
        }

        // Who asks finds what it sees, and no more: another agency's find may well be the same.
        var debtor = c.Account.Debtor;
        if (debtor.Points.Exists(point => point.Kind == kind && point.Value == value && (byBank || point.IsKnownTo(c.Agency))))
        {
            return "contact_point.known";
        }

        made = new PointModel(debtor, kind, value, party, consent, byBank ? null : c.Agency, byBank ? null : c) { CreatedAt = Now };
        debtor.Points.Add(made);
        Tell("contact_point.added", made, c.IsOpen ? c.Agency : null, c, c.Account);
        return null;
    }

    public string? Adopt(PointModel point)
    {
        if (point.Finder is null)
        {
            return "contact_point.is_own";
        }

        if (point.Adopted)
        {
            return "contact_point.is_adopted";
        }

        if (point.Debtor.Points.Exists(other => other != point && other.Kind == point.Kind && other.Value == point.Value && (other.Finder is null || other.Adopted)))
        {
            return "contact_point.known";
        }

        (point.Adopted, point.AdoptedAt) = (true, Now);
        Tell("contact_point.adopted", point, point.Finder, point.Case);
        return null;
    }

    /// <param name="by">The agency; the bank when null.</param>
    public string? MarkPoint(PointModel point, Mark mark, AgencyModel? by)
    {
        if (by is null)
        {
            Mark(point, mark, null, null);
            return null;
        }

        // The oldest open case of the debtor's stands for the agency's work.
        var through = point.Debtor.OpenCasesOf(by).MinBy(c => c.Id.ToString(), StringComparer.Ordinal);
        if (through is null || !point.IsKnownTo(by))
        {
            return "contact_point.not_found";
        }

        if (mark == Sdk.Mark.OptedIn)
        {
            return "auth.wrong_tenant_kind";
        }

        Mark(point, mark, by, through);
        return null;
    }

    private void Mark(PointModel point, Mark mark, AgencyModel? by, CaseModel? through)
    {
        var before = (point.Status, point.ConsentAt(Now));
        point.Marks.Add((Now, mark));
        Tell("contact_point.marked", point, by ?? point.Finder, through, through?.Account);
        if (before != (point.Status, point.ConsentAt(Now)))
        {
            Tell("contact_point.changed", point, point.Finder, point.Case);
        }
    }
}

/// <summary>A phone, e-mail or address.</summary>
/// <param name="finder">The agency that found it, in that case; the bank's own when null.</param>
internal sealed class PointModel(DebtorModel debtor, ContactPointKind kind, string value, Party party, Consent consent, AgencyModel? finder, CaseModel? @case) : Thing
{
    public DebtorModel Debtor { get; } = debtor;

    public ContactPointKind Kind { get; } = kind;

    public string Value { get; } = value;

    public Party Party { get; } = party;

    public AgencyModel? Finder { get; } = finder;

    public CaseModel? Case { get; } = @case;

    public DateTimeOffset CreatedAt { get; init; }

    public bool Adopted { get; set; }

    public DateTimeOffset? AdoptedAt { get; set; }

    public List<(DateTimeOffset At, Mark Mark)> Marks { get; } = [];

    /// <summary>What is known of it now: an opt-out outlasts whatever is learned, until the bank withdraws it.</summary>
    public ContactPointStatus Status => IsOptedOutAt(DateTimeOffset.MaxValue)
        ? ContactPointStatus.OptedOut
        : Marks.LastOrDefault(mark => mark.Mark.Value is "valid" or "invalid") is { At.Ticks: > 0 } last
            ? last.Mark == Mark.Valid ? ContactPointStatus.Valid : ContactPointStatus.Invalid
            : ContactPointStatus.Unverified;

    public bool IsOptedOutAt(DateTimeOffset at) =>
        Marks.LastOrDefault(mark => mark.At <= at && mark.Mark.Value is "opted_out" or "opted_in") is { At.Ticks: > 0, Mark.Value: "opted_out" };

    // What was said when it was added is not kept once a mark overrules it.
    public Consent ConsentAt(DateTimeOffset at) =>
        Marks.LastOrDefault(mark => mark.At <= at && mark.Mark.Value is "consented" or "consent_withdrawn") is { At.Ticks: > 0 } last
            ? last.Mark == Mark.Consented ? Consent.Given : Consent.Withdrawn
            : Marks.Exists(mark => mark.Mark.Value is "consented" or "consent_withdrawn") ? Consent.Unknown : consent;

    /// <summary>The bank's own, what the bank adopted and the agency's own finds.</summary>
    public bool IsKnownTo(AgencyModel agency) => Finder is null || Finder == agency || Adopted;

    /// <summary>An agency sees it while it has an open case of the debtor's; that of this case must be the debtor.</summary>
    public bool IsSeenBy(CaseModel c) => Debtor == c.Account.Debtor && IsKnownTo(c.Agency) && Debtor.OpenCasesOf(c.Agency).Any();

    /// <summary>What an agency reports late may name a point of its own finding, and any that it saw before the case ended.</summary>
    public bool WasSeenIn(CaseModel c) => Debtor == c.Account.Debtor && ((Finder is null && CreatedAt <= c.EndedAt) || Finder == c.Agency || AdoptedAt <= c.EndedAt);
}
