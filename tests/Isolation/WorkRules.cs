using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Tests.Isolation;

/// <summary>
/// The rules of the work, read off "Who sees and who writes what": within an agency a collector has the own desk, a supervisor the
/// team's cases, a manager and the agency's clients all; debtor data is there while a case is open, and reports are taken a while longer.
/// </summary>
internal sealed partial record Rule
{
    private static readonly string[] OfCase = ["bank_id", "agency_id", "case_id"];

    /// <summary>Its own work, always: the bank's, and within the agency whoever has the case on the desk.</summary>
    public static readonly Rule Work = new("work", OfCase, (facts, who, a) => IsBank(who, a[0]) || SeesWork(facts, who, a));

    /// <summary>The same, and the counter of the bank: what was done counts for the debtor, whoever did it.</summary>
    public static readonly Rule Contact = new("contact", OfCase, (facts, who, a) =>
        IsBank(who, a[0]) || (who is { Kind: TenantKind.Counter } && Is(who.Tenant, a[0])) || SeesWork(facts, who, a));

    /// <summary>What the bank decided on a repayment: for whoever sees the repayment.</summary>
    public static readonly Rule RepaymentAnswer = new("repayment_answer", ["bank_id", "agency_id", "repayment_id"], (facts, who, a) =>
        SeesAnswer(facts, who, a, facts.Repayments));

    /// <summary>What the bank decided on a settlement proposal: for whoever sees the proposal.</summary>
    public static readonly Rule ProposalAnswer = new("proposal_answer", ["bank_id", "agency_id", "settlement_proposal_id"], (facts, who, a) =>
        SeesAnswer(facts, who, a, facts.Proposals));

    /// <summary>What the bank is bound by on an account: for whoever sees the work it came from, and the agency whose case on it is open.</summary>
    public static readonly Rule RepaymentPlan = new("repayment_plan", [.. OfCase, "account_id"], (facts, who, a) =>
        IsBank(who, a[0]) || SeesWork(facts, who, a) || facts.Cases.Any(c => IsOpenTo(facts, who, c) && Is(c.Bank, a[0]) && c.Account == Text(a[3])));

    /// <summary>The bank, and the agency while the case is open.</summary>
    public static readonly Rule OpenWork = new("open_work", OfCase, (facts, who, a) => IsBank(who, a[0]) || MayReport(facts, who, a));

    /// <summary>The agency of the row while the case is open, and nobody else: its reports.</summary>
    public static readonly Rule Reporting = new("reporting", OfCase, MayReport);

    /// <summary>Which collector and team a case goes to: manager and clients for all, a supervisor within the team, while it is open.</summary>
    public static readonly Rule Desk = new("desk", ["bank_id", "agency_id", "case_id", "team_id"], (facts, who, a) =>
        IsAgency(who, a[1]) && (who!.Sight == Sight.All || (who.Sight == Sight.Team && IsMember(facts, who, Text(a[3]))))
        && facts.Cases.Any(c => c.Agency == who.Tenant && Is(c.Bank, a[0]) && c.Case == Text(a[2]) && !c.CaseHasEnded));

    /// <summary>A case on no desk is in no team: manager and clients alone put it on one.</summary>
    public static readonly Rule FirstDesk = new("first_desk", OfCase, (facts, who, a) =>
        IsAgency(who, a[1]) && who!.Sight == Sight.All
        && facts.Cases.Any(c => c.Agency == who.Tenant && Is(c.Bank, a[0]) && c.Case == Text(a[2]) && !c.CaseHasEnded));

    /// <summary>A desk: the bank's to see, and within the agency the collector's own, the team's, or every one.</summary>
    public static readonly Rule DeskRow = new("desk_row", ["bank_id", "agency_id", "collector_id", "team_id"], (facts, who, a) =>
        IsBank(who, a[0])
        || (IsAgency(who, a[1]) && (who!.Sight == Sight.All || Is(Person(who), a[2]) || (who.Sight == Sight.Team && IsMember(facts, who, Text(a[3]))))));

    /// <summary>People who see all their agency's work: they make teams and choose the members.</summary>
    public static readonly Rule Manager = new("manager", ["agency_id"], (_, who, a) => IsAgency(who, a[0]) && who!.Sight == Sight.All);

    /// <summary>The bank, and an agency that it has an agreement with, in its own name.</summary>
    public static readonly Rule Mandated = new("mandated", ["bank_id", "agency_id"], (facts, who, a) =>
        IsBank(who, a[0]) || (IsAgency(who, a[1]) && facts.Agreements.Any(g => Is(g.Bank, a[0]) && g.Agency == who!.Tenant)));

    /// <summary>Notes: the bank, the agency while its case is open, and who reveals one of the own agency's after the end.</summary>
    public static readonly Rule Note = new("note", OfCase, (facts, who, a) => OpenWork.Decide(facts, who, a) || (IsAgency(who, a[1]) && who!.Sight == Sight.Reveal));

    /// <summary>What belongs to a case is erased by its bank once the case has ended.</summary>
    public static readonly Rule Erasing = new("erasing", ["bank_id", "case_id"], (facts, who, a) =>
        IsBank(who, a[0]) && facts.Cases.Any(c => c.CaseHasEnded && Is(c.Bank, a[0]) && c.Case == Text(a[1])));

    /// <summary>A debtor is erased by the bank while no case of theirs is open.</summary>
    public static readonly Rule ErasingDebtor = new("erasing_debtor", ["bank_id", "id"], (facts, who, a) =>
        IsBank(who, a[0]) && !facts.Cases.Any(c => !c.CaseHasEnded && Is(c.Bank, a[0]) && c.Debtor == Text(a[1])));

    /// <summary>Who found a contact point, for the debtor of the open case it was found in; and the bank.</summary>
    public static readonly Rule Finding = new("finding", [.. OfCase, "debtor_id"], (facts, who, a) =>
        IsBank(who, a[0]) || facts.Cases.Any(c => IsOpenTo(facts, who, c) && IsOf(c, a) && c.Debtor == Text(a[3])));

    /// <summary>Marks are set on contact points that the agency sees, of the debtor of the open case they are set in; and by the bank.</summary>
    public static readonly Rule Marking = new("marking", [.. OfCase, "contact_point_id"], (facts, who, a) =>
        IsBank(who, a[0])
        || facts.Cases.Any(c => IsOpenTo(facts, who, c) && IsOf(c, a)
            && facts.Points.Any(p => p.Point == Text(a[3]) && p.Bank == c.Bank && p.Debtor == c.Debtor && (p.IsAdopted || p.Finder is null || p.Finder == c.Agency))));

    /// <summary>What the finder keeps to itself until the bank adopts it, on a debtor that the agency has an open case for.</summary>
    public static readonly Rule Point = new("point", ["bank_id", "debtor_id", "agency_id", "adopted_at"], (facts, who, a) =>
        IsBank(who, a[0]) || ((a[2] is null || IsAgency(who, a[2]) || a[3] is not null) && SeesDebtor(facts, who, a[0], a[1])));

    /// <summary>The agency asks, in its own name and with the sight of whoever asked; the bank answers.</summary>
    public static readonly Rule Retention = new("retention", ["bank_id", "agency_id", "deed", "sight"], (_, who, a) =>
        Text(a[2]) == "asked" ? IsAgency(who, a[1]) && Is(Words.Of(who!.Sight), a[3]) : IsBank(who, a[0]) && Text(a[2]) is ("granted" or "refused"));

    /// <summary>A contact is reported while the case is open or the late window is, and it was with the debtor of that case.</summary>
    public static readonly Rule TenureContact = new("tenure_contact", [.. OfCase, "debtor_id", "received_at"], (facts, who, a) =>
        facts.Cases.Any(c => IsLateFor(facts, who, c, a[4]) && IsOf(c, a) && c.Debtor == Text(a[3])));

    /// <summary>What belongs to it, and money: reported while the case is open or the late window is.</summary>
    public static Rule TenureReport(string received) => new("tenure_report", [.. OfCase, received], (facts, who, a) =>
        facts.Cases.Any(c => IsLateFor(facts, who, c, a[3]) && IsOf(c, a)));

    /// <summary>The bank, and the agency while it has an open case for that account.</summary>
    public static Rule Account(string column) => new("open_account", ["bank_id", column], (facts, who, a) =>
        IsBank(who, a[0]) || facts.Cases.Any(c => IsOpenTo(facts, who, c) && Is(c.Bank, a[0]) && c.Account == Text(a[1])));

    /// <summary>The bank, and an agency while it has an open case for any account of that debtor.</summary>
    public static Rule Debtor(string column) => new("open_debtor", ["bank_id", column], (facts, who, a) => IsBank(who, a[0]) || SeesDebtor(facts, who, a[0], a[1]));

    private static bool SeesDebtor(Facts facts, TenantContext? who, object? bank, object? debtor) =>
        facts.Cases.Any(c => IsOpenTo(facts, who, c) && Is(c.Bank, bank) && c.Debtor == Text(debtor));

    private static bool SeesWork(Facts facts, TenantContext? who, object?[] a) =>
        IsAgency(who, a[1]) && (who!.Sight == Sight.All || facts.Cases.Any(c => c.Case == Text(a[2]) && IsOnDesk(facts, who, c)));

    private static bool SeesAnswer(Facts facts, TenantContext? who, object?[] a, IReadOnlyList<(long Bank, string Thing, string Case)> things) =>
        IsBank(who, a[0])
        || (IsAgency(who, a[1]) && (who!.Sight == Sight.All
            || things.Any(t => Is(t.Bank, a[0]) && t.Thing == Text(a[2]) && facts.Cases.Any(c => c.Case == t.Case && IsOnDesk(facts, who, c)))));

    private static bool MayReport(Facts facts, TenantContext? who, object?[] a) => facts.Cases.Any(c => IsOpenTo(facts, who, c) && IsOf(c, a));

    private static bool IsOf(CaseFact c, object?[] a) => Is(c.Bank, a[0]) && Is(c.Agency, a[1]) && c.Case == Text(a[2]);

    private static bool IsOpenTo(Facts facts, TenantContext? who, CaseFact c) => !c.HasEnded && IsOnDesk(facts, who, c);

    private static bool IsLateFor(Facts facts, TenantContext? who, CaseFact c, object? received) =>
        IsOnDesk(facts, who, c) && (!c.HasEnded || (received is not null && c.LateUntil is not null && string.CompareOrdinal(Text(received), c.LateUntil) <= 0));

    /// <summary>The agency's case, as far as the person's sight goes.</summary>
    private static bool IsOnDesk(Facts facts, TenantContext? who, CaseFact c) =>
        IsAgency(who, c.Agency) && (who!.Sight == Sight.All || Is(Person(who), c.Collector) || (who.Sight == Sight.Team && IsMember(facts, who, c.Team)));

    private static bool IsMember(Facts facts, TenantContext who, string? team) =>
        team is not null && facts.Members.Any(m => m.Agency == who.Tenant && m.Team == team && Is(m.Person, Person(who)));

    private static string? Person(TenantContext who) => who.Person is { } person ? Text(person.ToBytes()) : null;
}
