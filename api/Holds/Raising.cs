using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>Where a hold is raised.</summary>
/// <param name="Bank">Whose account it is.</param>
/// <param name="Account">The account it is to stand on.</param>
/// <param name="Agency">The agency whose case it is; nobody's when absent.</param>
/// <param name="Case">The open case, if there is one.</param>
internal sealed record HoldPlace(int Bank, Id Account, int? Agency, Id? Case);

/// <summary>Writes a hold. Neither the account nor a case is locked: who ends a case locks those first and asks for no hold.</summary>
internal static class Raising
{
    private static readonly Sql Insert = new("""
        INSERT INTO hold (bank_id, id, account_id, agency_id, case_id, kind, reason, contact_record_id, person_id, client_id, raised_by, raised_at)
        VALUES (@bank, @id, @account, @agency, @case, @kind, @reason, @contactRecord, @person, @client, @raisedBy, @now)
        """);

    /// <summary>The hold of this kind that stands on the account; after it was looked for nobody else raises one.</summary>
    public static async Task<StandingHold?> FindStandingAsync(Work work, HoldPlace place, HoldKind kind, CancellationToken cancellation = default) =>
        (await StandingHolds.OfAccountAsync(work, place.Bank, place.Account, locked: true, cancellation)).FirstOrDefault(hold => hold.Kind == kind);

    public static async Task<Id> WriteAsync(
        Work work, HoldPlace place, HoldKind kind, HoldRaiser raisedBy, string? reason = null, Id? contactRecord = null, CancellationToken cancellation = default)
    {
        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = place.Bank,
            id,
            account = place.Account,
            agency = place.Agency,
            @case = place.Case,
            kind = Words.Of(kind),
            reason,
            contactRecord,
            person = work.Caller.Person,
            client = work.Caller.Client is "" ? null : work.Caller.Client,
            raisedBy = Words.Of(raisedBy),
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("hold.raised", id, Words.Of(kind));
        await work.EmitAsync(new("hold.raised", id, place.Bank, place.Agency, place.Case, place.Account));
        return id;
    }
}
