using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Repayments;

/// <summary>Shows the name of the third party who paid in full, for a reason that is written down: to the bank, and to the agency while its case is open.</summary>
internal static class RevealPayer
{
    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/{id}/payer-reveal", HandleAsync)
        .Describe("Repayments_RevealPayer", Scopes.PiiRead, "Reveal who paid", "The name of the third party who paid, in full. Each reveal is written to the audit trail with its reason; an Idempotency-Key has no meaning here, so that no copy is kept.")
        .Returns<RevealedPayer>()
        .Refuses(RepaymentProblems.NoPayerName)
        .WithMetadata(new NeverReplayed())
        .On(Get.ReadAsync, RepaymentProblems.NotFound);

    private static async Task<Answer<RevealedPayer>> HandleAsync(Id id, RevealReason reveal, Work work, CancellationToken cancellation)
    {
        var repayment = await Get.FindAsync(work, id, cancellation) ?? throw RepaymentProblems.NotFound.Refuse();

        // With the account goes what is known of people.
        var name = repayment.AccountNumber is null ? null : repayment.PayerName(work.PrivateFields);
        await work.AuditAsync("repayment.payer_revealed", id, reveal.Reason);
        return Answer.Ok(new RevealedPayer(name ?? throw RepaymentProblems.NoPayerName.Refuse()));
    }
}

/// <summary>A payer in full.</summary>
/// <param name="Name">The name.</param>
public sealed record RevealedPayer(string Name);
