using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>Until when the agency is to work a case.</summary>
/// <param name="TermEnd">The last day of the assignment's term.</param>
/// <param name="ValidTo">The last day of the mandate; open-ended when absent.</param>
internal sealed record Term(DateOnly TermEnd, DateOnly? ValidTo)
{
    private static readonly Sql Find = new("""
        SELECT s.term_end, v.valid_to
        FROM assignment AS s
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE s.bank_id = @bank AND s.id = @assignment
        """);

    /// <summary>The last day of the case's own term.</summary>
    public static async Task<DateOnly> EndOfAsync(Work work, CaseRow @case) => EndOf(await ReadAsync(work, @case), @case);

    /// <summary>Refuses a new last day that would not be one: before today or the present one, or beyond the mandate.</summary>
    public static async Task RequireLaterAsync(Work work, CaseWithAccount found, DateOnly newEnd)
    {
        var term = await ReadAsync(work, found.Case);
        if (newEnd <= found.Today(work) || newEnd <= EndOf(term, found.Case))
        {
            throw CaseProblems.DateTooEarly.Refuse();
        }

        if (newEnd > (term.ValidTo ?? DateOnly.MaxValue))
        {
            throw AgreementProblems.NotInForce.Refuse();
        }
    }

    private static DateOnly EndOf(Term term, CaseRow @case) => @case.ExtendedTo is { } extended && extended > term.TermEnd ? extended : term.TermEnd;

    /// <summary>The term of an assignment, and of the mandate in the version that it keeps.</summary>
    public static async Task<Term> OfAssignmentAsync(Work work, int bank, Id assignment) =>
        await work.Db.FindAsync<Term>(Find, new { bank, assignment }) ?? throw CaseProblems.NotFound.Refuse();

    private static Task<Term> ReadAsync(Work work, CaseRow @case) => OfAssignmentAsync(work, @case.BankId, @case.AssignmentId);
}
