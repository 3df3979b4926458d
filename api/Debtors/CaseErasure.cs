using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Http;

namespace Agency.Api.Debtors;

/// <summary>
/// Erases what is private in an ended case: notes and points dialled, the words of settlement proposals and motions, who paid for the debtor,
/// evidence. The records stay, with the keyed digests of what was said and dialled. The bank's deed or the system's.
/// </summary>
internal static class CaseErasure
{
    private static readonly Sql DeleteNotes = new("DELETE FROM contact_note WHERE bank_id = @tenant AND case_id = @case");

    private static readonly Sql EraseProposals = new("UPDATE settlement_proposal SET reason_cipher = @erased, circumstances_cipher = NULL WHERE bank_id = @tenant AND case_id = @case");

    private static readonly Sql EraseMotions = new("UPDATE case_motion SET note_cipher = NULL WHERE bank_id = @tenant AND case_id = @case AND note_cipher IS NOT NULL");

    private static readonly Sql ErasePayers = new("UPDATE repayment SET payer_cipher = @erased WHERE bank_id = @tenant AND case_id = @case AND payer_cipher IS NOT NULL");

    private static readonly Sql FindEvidence = new("SELECT id FROM evidence_file WHERE bank_id = @tenant AND case_id = @case");

    private static readonly Sql EraseEvidence = new("UPDATE evidence_file SET name_cipher = @erased WHERE bank_id = @tenant AND case_id = @case");

    private static readonly Sql Stamp = new("UPDATE [case] SET erased_at = @now WHERE bank_id = @tenant AND id = @case");

    public static async Task EraseAsync(Work work, Id @case, IEvidenceStore store, CancellationToken cancellation)
    {
        var of = new { tenant = work.Tenant, @case, erased = PrivateFields.Erased, now = work.Now };
        var files = await work.Db.ListAsync<Id>(FindEvidence, of, cancellation);
        foreach (var statement in (Sql[])[DeleteNotes, EraseProposals, EraseMotions, ErasePayers, EraseEvidence, Stamp])
        {
            await work.Db.ExecuteAsync(statement, of, cancellation);
        }

        await work.AuditAsync("case.erased", @case);

        // The sweep of the store takes what this leaves behind.
        var bank = work.Caller.Tenant.Id;
        work.AfterCommit(async ending =>
        {
            foreach (var file in files)
            {
                await store.DeleteAsync(new(bank, file), ending);
            }
        });
    }
}
