using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>Reads a case that is about to change: nobody else changes it before this transaction ends, so of two deeds at once one finds the other's state.</summary>
internal static class Locked
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM [case] WHERE bank_id = @tenant AND id = @id");
    private static readonly SidedSql Lock = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE {side} = @tenant AND id = @id");

    /// <summary>For the bank or the system, who may end it, with its account.</summary>
    public static async Task<CaseWithAccount> ForBankAsync(Work work, Id id, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);

        // The account first, as confirming money does: the other way round the two would wait for each other.
        var account = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        _ = await LockedAccount.ReadAsync(work, account);
        return await ReadAsync(work, id, cancellation);
    }

    /// <summary>For the agency, who asks something about it.</summary>
    public static Task<CaseWithAccount> ForAgencyAsync(Work work, Id id, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        return ReadAsync(work, id, cancellation);
    }

    private static async Task<CaseWithAccount> ReadAsync(Work work, Id id, CancellationToken cancellation)
    {
        _ = await work.Db.FindAsync<Id?>(work.Side(Lock), new { tenant = work.Tenant, id }, cancellation);
        return await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
    }
}
