using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Agreements;

/// <summary>What a bank and an agency agreed on. An assignment keeps the version that stood when it was submitted.</summary>
/// <param name="RulePack">Which law the contacts are held to: <c>cn</c> or <c>us</c>.</param>
/// <param name="NoticeDays">How many days pass between the notice of a recall and the recall; 0 to 90.</param>
/// <param name="LateReportDays">How many days after a case's end the agency may still report what happened in its tenure; 0 to 90.</param>
/// <param name="PromiseGraceDays">How many days after its date a promise is not yet broken; 0 to 30.</param>
public sealed record AgreementTerms(string RulePack = "cn", int NoticeDays = 5, int LateReportDays = 7, int PromiseGraceDays = 3)
{
    private static readonly Sql OfAssignment = new("""
        SELECT v.terms
        FROM assignment AS s
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE s.bank_id = @bank AND s.id = @assignment
        """);

    internal string Write() => JsonSerializer.Serialize(this, Json.Options);

    internal static AgreementTerms Read(string text) => JsonSerializer.Deserialize<AgreementTerms>(text, Json.Options) ?? new AgreementTerms();

    /// <summary>The terms that an assignment runs under.</summary>
    internal static async Task<AgreementTerms> OfAssignmentAsync(Work work, int bank, Id assignment) =>
        Read(await work.Db.FindAsync<string>(OfAssignment, new { bank, assignment }) ?? throw AgreementProblems.NotFound.Refuse());
}
