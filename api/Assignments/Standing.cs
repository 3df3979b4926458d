using Agency.Api.Data;

namespace Agency.Api.Assignments;

/// <summary>An assignment as the system works on it.</summary>
internal sealed record Standing(
    Id Id, int BankId, int AgencyId, Id PortfolioId, DateOnly TermStart, string? Filter, bool IsPlacing, int AccountCount, long Principal, long Interest, long Fees,
    string DaysPastDueMix, int SkippedCount, DateTimeOffset SubmittedAt, DateTimeOffset? ActivatedAt, DateTimeOffset? ReleasedAt, DateTimeOffset? EndedAt, string? EndReason, string? Answer)
{
    private const string Columns = """
        s.id, s.bank_id, s.agency_id, s.portfolio_id, s.term_start, s.slice AS filter, s.placing AS is_placing, s.account_count, s.principal, s.interest, s.fees,
        s.days_past_due_mix, s.skipped_count, s.submitted_at, s.activated_at, s.released_at, s.ended_at, s.end_reason, w.answer
        """;

    private static readonly Sql Find = new($"""
        SELECT {Columns}
        FROM assignment AS s
        LEFT JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        WHERE s.bank_id = @bank AND s.id = @id
        """);

    private static readonly Sql Lock = new($"""
        SELECT {Columns}
        FROM assignment AS s WITH (UPDLOCK, HOLDLOCK)
        LEFT JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        WHERE s.bank_id = @bank AND s.id = @id
        """);

    public static Task<Standing?> FindAsync(Session db, int bank, Id id, CancellationToken cancellation) => db.FindAsync<Standing>(Find, new { bank, id }, cancellation);

    /// <summary>Nobody else carries it on, answers it or ends it before this transaction ends.</summary>
    public static Task<Standing?> LockAsync(Session db, int bank, Id id) => db.FindAsync<Standing>(Lock, new { bank, id });

    public Slice Slice => new(BankId, PortfolioId, AssignmentFilter.Read(Filter), SubmittedAt);

    public Figures Figures => Figures.Of(AccountCount, Principal, Interest, Fees, DaysPastDueMix, SkippedCount);

    public bool IsSold => EndReason == "sold";

    public AssignmentStep Next(DateOnly today) => this switch
    {
        { ReleasedAt: not null } => AssignmentStep.Nothing,
        { EndedAt: not null } or { Answer: "rejected" } => AssignmentStep.GiveBack,
        { IsPlacing: true } => AssignmentStep.Place,
        { Answer: "acknowledged", ActivatedAt: null } when TermStart <= today => AssignmentStep.Activate,
        _ => AssignmentStep.Nothing,
    };
}
