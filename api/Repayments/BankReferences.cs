using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Repayments;

/// <summary>
/// The numbers that a bank's own system gives payments. One belongs to one confirmed repayment or direct payment at a time; a reversal
/// sets it free, so that a payment booked on the wrong account can be booked on the right one.
/// </summary>
internal static class BankReferences
{
    private static readonly Sql Find = new("""
        SELECT subject_id, kind
        FROM bank_reference WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @tenant AND reference = @reference AND released_at IS NULL
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO bank_reference (bank_id, subject_id, reference, kind, taken_at)
        VALUES (@tenant, @subject, @reference, @kind, @now)
        """);

    private static readonly Sql Release = new("UPDATE bank_reference SET released_at = @now WHERE bank_id = @tenant AND subject_id = @subject AND released_at IS NULL");

    /// <summary>Gives the reference to a payment; refused with <c>repayment.reference_used</c> while another has it. Without one nothing is done.</summary>
    /// <param name="kind">Repayment or direct payment, in the ledger's words.</param>
    public static async Task TakeAsync(Work work, string? reference, string kind, Id subject, CancellationToken cancellation)
    {
        if (reference is null)
        {
            return;
        }

        if (await work.Db.FindAsync<Holder>(Find, new { tenant = work.Tenant, reference }, cancellation) is { } holder)
        {
            throw RepaymentProblems.ReferenceUsed.Refuse(new Obstacle(holder.SubjectId, holder.Kind));
        }

        await work.Db.ExecuteAsync(Insert, new { tenant = work.Tenant, subject, reference, kind, now = work.Now }, cancellation);
    }

    public static Task ReleaseAsync(Work work, Id subject, CancellationToken cancellation) =>
        work.Db.ExecuteAsync(Release, new { tenant = work.Tenant, subject, now = work.Now }, cancellation);

    private sealed record Holder(Id SubjectId, string Kind);
}
