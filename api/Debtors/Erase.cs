using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Debtors;

/// <summary>
/// A bank erases a debtor: names, ids, contact points, notes, those around the debtor and evidence go for good. Contact records, the ledger and
/// the audit log stay, under ids that name nobody any more.
/// </summary>
internal static class Erase
{
    private static readonly Sql LockDebtor = new("SELECT id FROM debtor WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    // Under these no account of the debtor gets a case meanwhile.
    private static readonly Sql LockAccounts = new("SELECT id, state FROM account WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND debtor_id = @id");

    private static readonly Sql FindPoints = new("SELECT id FROM contact_point WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND debtor_id = @id AND kind > ''");

    private static readonly Sql ErasePoint = new("""
        UPDATE contact_point
        SET value_cipher = @erased, value_index = @index, holder_cipher = NULL
        WHERE bank_id = @tenant AND id = @point
        """);

    private static readonly Sql EraseWaivers = new("UPDATE waiver SET reason_cipher = @erased WHERE bank_id = @tenant AND account_id = @account");

    // The bank's own number for the debtor names them too, and is free for another from now on.
    private static readonly Sql EraseDebtor = new("""
        UPDATE debtor
        SET name_cipher = @erased, id_number_cipher = NULL, id_number_index = NULL, reference = @reference, erased_at = @now
        WHERE bank_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder debtors) => debtors.MapPost("/{id}/erasure", HandleAsync)
        .Describe("Debtors_Erase", Scopes.DebtorsErase, "Erase a debtor", "Erases for good what names the debtor and those around them: name, ID number, the bank's number for the debtor, contact points, notes and points dialled, reasons and circumstances of settlement proposals, payers' names, evidence. Contact records, the ledger and the audit log stay. Refused while an account has an open case, until retainUntil of all cases, and until all accounts are resolved. A file that brings the same debtor reference later makes a new debtor.")
        .Returns<DebtorErasure>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, DebtorProblems.OpenCase, DebtorProblems.Retention, DebtorProblems.IsErased)
        .On(GetErasure.ReadAsync, DebtorProblems.NotFound);

    private static async Task<Answer<DebtorErasure>> HandleAsync(Id id, ErasureReason erasure, Work work, IEvidenceStore store, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var of = new { tenant = work.Tenant, id };
        var accounts = await work.Db.ListAsync<AccountOfDebtor>(LockAccounts, of, cancellation);
        _ = await work.Db.FindAsync<Id?>(LockDebtor, of, cancellation);
        var standing = await GetErasure.ReadAsync(work, id, cancellation) ?? throw DebtorProblems.NotFound.Refuse();
        var cases = await GetErasure.CasesAsync(work, id, cancellation);
        if (GetErasure.ObstacleOf(standing.ErasedAt, cases, [.. accounts.Select(account => account.State)], work.Now) is { } obstacle)
        {
            throw obstacle.Refuse(standing.RetainUntil > work.Now ? $"Until {standing.RetainUntil:O}." : null);
        }

        foreach (var @case in cases.Where(c => c.ErasedAt is null))
        {
            await CaseErasure.EraseAsync(work, @case.Id, store, cancellation);
        }

        await ErasePersonAsync(work, id, accounts, cancellation);
        await work.AuditAsync("debtor.erased", id, erasure.Reason);
        await work.EmitAsync(new("debtor.erased", id, work.Tenant, null));
        return Answer.Created($"/v1/debtors/{id}/erasure", (await GetErasure.ReadAsync(work, id, cancellation))!);
    }

    private static async Task ErasePersonAsync(Work work, Id id, IReadOnlyList<AccountOfDebtor> accounts, CancellationToken cancellation)
    {
        var (tenant, erased) = (work.Tenant, PrivateFields.Erased);
        await work.Db.ExecuteAsync(EraseWaivers, accounts.Select(account => new { tenant, account = account.Id, erased }).ToList(), cancellation);
        var points = await work.Db.ListAsync<Id>(FindPoints, new { tenant, id }, cancellation);
        await work.Db.ExecuteAsync(ErasePoint, points.Select(point => new { tenant, point, erased, index = BlankIndexOf(point) }).ToList(), cancellation);
        await work.Db.ExecuteAsync(EraseDebtor, new { tenant, id, erased, reference = $"erased-{id}", now = work.Now }, cancellation);
    }

    // A debtor's points differ by it, so each has one of its own that says nothing.
    private static byte[] BlankIndexOf(Id point) => [.. point.ToBytes(), .. new byte[16]];

    private sealed record AccountOfDebtor(Id Id, string State);
}

/// <summary>Why a debtor is erased.</summary>
/// <param name="Reason">For the audit log; 1 to 400 characters, no private data of the debtor's.</param>
public sealed record ErasureReason(string Reason)
{
    private sealed class Rules : AbstractValidator<ErasureReason>
    {
        public Rules() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
    }
}
