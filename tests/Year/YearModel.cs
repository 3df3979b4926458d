namespace Agency.Tests.Year;

/// <summary>
/// The work between a bank and its agencies as domain.md describes it, in memory and plain: no transactions, no tenants, no clock
/// of its own. Each deed either changes the model and answers null, or changes nothing and answers the code of the refusal.
/// </summary>
internal sealed partial class YearModel
{
    public DateTimeOffset Now { get; set; }

    /// <summary>The day by every calendar there is: the year is played at an hour when it is the same day everywhere but at the edges.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    public List<AgencyModel> Agencies { get; } = [];

    public List<AccountModel> Accounts { get; } = [];

    public List<AssignmentModel> Assignments { get; } = [];

    /// <summary>Every event there should have been, as it happened.</summary>
    public List<ToldModel> Told { get; } = [];

    public IEnumerable<CaseModel> Cases => Accounts.SelectMany(account => account.Cases);

    /// <summary>What the calendar brings about: terms begin, a case past its term gets notice, one whose recall day has come is recalled, and a promise whose time is over has its outcome.</summary>
    public void DayBegins()
    {
        foreach (var assignment in Assignments.Where(assignment => assignment.State == "acknowledged" && assignment.TermStart <= Today))
        {
            Activate(assignment);
        }

        foreach (var c in Cases.Where(c => c.State is "active" or "return_requested" && c.RecallOn is null && c.TermEnd < Today).ToList())
        {
            Notice(c, "term_end", Today.AddDays(c.Assignment.Terms.NoticeDays));
        }

        // An objection that waits for the bank keeps the case until the bank answers.
        foreach (var c in Cases.Where(c => c.IsOpen && c.State != "recall_objected" && c.RecallOn <= Today).ToList())
        {
            RecallNow(c, c.RecallReason!);
        }

        // The grace is over, and no reported money waits for the bank.
        foreach (var c in Cases.Where(c => c.IsOpen && c.Promises.Exists(p => p.State == "open" && p.LastDay < Today && !p.IsWaitedFor)).ToList())
        {
            SettlePromises(c.Account);
        }

        // The last day to pay, or to agree, is over.
        foreach (var p in Accounts.SelectMany(account => account.Proposals).Where(p => p.PayBy < Today && p.Decision is null or "approved").ToList())
        {
            if (p.Decision is null)
            {
                p.Decision = "expired";
                Tell("settlement_proposal.expired", p, p.Case.Agency, p.Case, p.Case.Account);
            }
            else
            {
                LookAtSettlements(p.Case.Account);
            }
        }
    }

    private void Tell(string type, Thing subject, AgencyModel? agency, CaseModel? c = null, AccountModel? account = null) =>
        Told.Add(new ToldModel(type, subject, agency, c, account, Now));

    private void TellOf(string type, CaseModel c) => Tell(type, c, c.Agency, c, c.Account);
}

/// <summary>What has an id at the service; the model learns it from the answer that made the thing.</summary>
internal abstract class Thing
{
    public Guid Id { get; set; }
}

/// <summary>An event: who may know of it and what it names.</summary>
/// <param name="Agency">The agency that is told too; the bank alone when null.</param>
internal sealed record ToldModel(string Type, Thing Subject, AgencyModel? Agency, CaseModel? Case, AccountModel? Account, DateTimeOffset At);

/// <summary>Who owes, and all contacts there were, whichever agency had them and about whichever account.</summary>
internal sealed class DebtorModel(string reference, string timeZone)
{
    public string Reference { get; } = reference;

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(timeZone);

    public List<AccountModel> Accounts { get; } = [];

    public List<ContactModel> Contacts { get; } = [];

    public List<PointModel> Points { get; } = [];

    /// <summary>The agency's open cases of this debtor.</summary>
    public IEnumerable<CaseModel> OpenCasesOf(AgencyModel agency) => Accounts.Select(account => account.Case).OfType<CaseModel>().Where(c => c.Agency == agency);
}

/// <summary>An account and all that hangs on it.</summary>
internal sealed class AccountModel(string number, DebtorModel debtor, string product, string city, DateOnly due, (long Fees, long Interest, long Principal) opening) : Thing
{
    public string Number { get; } = number;

    public DebtorModel Debtor { get; } = debtor;

    public string Product { get; } = product;

    public string City { get; } = city;

    public DateOnly OldestDueDate { get; } = due;

    public (long Fees, long Interest, long Principal) Owed { get; set; } = opening;

    public long Total => Owed.Fees + Owed.Interest + Owed.Principal;

    public string State { get; set; } = "eligible";

    public string? Resolution { get; set; }

    /// <summary>The assignment that has reserved it.</summary>
    public AssignmentModel? Reserved { get; set; }

    /// <summary>The open case.</summary>
    public CaseModel? Case => Cases.Find(c => c.IsOpen);

    public List<CaseModel> Cases { get; } = [];

    public List<EntryModel> Ledger { get; } = [];

    public List<RepaymentModel> Repayments { get; } = [];

    public List<ProposalModel> Proposals { get; } = [];

    public List<HoldModel> Holds { get; } = [];

    public IEnumerable<HoldModel> Standing => Holds.Where(hold => hold.LiftedAt is null);

    public int Sequence { get; set; }

    public int DaysPastDue(DateOnly today) => Math.Max(0, today.DayNumber - OldestDueDate.DayNumber);

    /// <summary>M1 is 1 to 30 days past due, M2 31 to 60, … M7+ over 180.</summary>
    public string Cycle(DateOnly today) => DaysPastDue(today) switch
    {
        0 => "M0",
        > 180 => "M7+",
        var days => $"M{((days - 1) / 30) + 1}",
    };
}
