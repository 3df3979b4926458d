using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;

namespace Agency.Api.Imports;

/// <summary>
/// Brings an account that the bank has loaded before to the figures of a later file. Nothing is counted twice, whatever is sent again;
/// an account that has come to owe nothing is resolved, and one that is resolved stays so.
/// </summary>
internal static class KnownAccount
{
    private static readonly Sql Find = new("""
        SELECT id, currency, principal, interest, fees, state, refreshed_on, as_of, oldest_due_date, product, credit_limit, city
        FROM account WITH (UPDLOCK, HOLDLOCK)
        WHERE bank_id = @tenant AND id = @account
        """);

    private static readonly Sql Update = new("""
        UPDATE account
        SET oldest_due_date = @oldestDueDate, product = @product, credit_limit = @creditLimit, city = @city, refreshed_on = @asOf, last_import_id = @import
        WHERE bank_id = @tenant AND id = @account
        """);

    private static readonly Sql Touch = new("UPDATE account SET changed_at = @now WHERE bank_id = @tenant AND id = @account");

    /// <summary>Why figures of a day are not taken for an account; null when they are.</summary>
    /// <param name="has">The day of the figures that it has.</param>
    public static string? Refusal(string state, DateOnly has, DateOnly asOf) =>
        state == Words.Of(AccountState.Resolved) ? Fault.Resolved : asOf < has ? Fault.OlderFigures : null;

    /// <summary>Refreshes one account; says why not where somebody was faster.</summary>
    public static async Task<Fault?> RefreshAsync(Work work, ImportJob job, Id account, AccountRow row, CancellationToken cancellation)
    {
        var found = await work.Db.FindAsync<Row>(Find, new { tenant = work.Tenant, account }, cancellation) ?? throw AccountProblems.NotFound.Refuse();
        if (Refusal(found.State, found.RefreshedOn ?? found.AsOf, job.AsOf) is { } refusal)
        {
            return Fault.At(Column.AccountNumber, refusal, row.AccountNumber);
        }

        // What a row leaves empty stays as it was.
        var facts = new Facts(row.OldestDueDate, row.Product ?? found.Product, row.CreditLimit ?? found.CreditLimit, row.City ?? found.City);
        var before = new Facts(found.OldestDueDate, found.Product, found.CreditLimit, found.City);
        var locked = new LockedAccount(found.Id, found.Currency, found.Principal, found.Interest, found.Fees, found.State, found.RefreshedOn);
        var after = await Refresh.ToAsync(work, locked, new Allocation(row.Principal, row.Interest, row.Fees), job.AsOf, job.Id, cancellation);
        await work.Db.ExecuteAsync(
            Update, new { tenant = work.Tenant, account, facts.OldestDueDate, facts.Product, facts.CreditLimit, facts.City, job.AsOf, import = job.Id }, cancellation);
        if (facts.OldestDueDate != before.OldestDueDate)
        {
            await CaseOrder.DueMovedAsync(work, account, facts.OldestDueDate);
        }

        if (facts != before || after != locked)
        {
            var open = await Ending.FindOpenAsync(work, account);
            await work.Db.ExecuteAsync(Touch, new { tenant = work.Tenant, account, now = work.Now }, cancellation);
            await work.EmitAsync(new("account.refreshed", account, work.Tenant, open?.AgencyId, open?.Id, account));
        }

        await Completion.ResolveIfPaidAsync(work, after, cancellation);
        return null;
    }

    private sealed record Facts(DateOnly OldestDueDate, string? Product, long? CreditLimit, string? City);

    private sealed record Row(
        Id Id, string Currency, long Principal, long Interest, long Fees, string State, DateOnly? RefreshedOn, DateOnly AsOf, DateOnly OldestDueDate,
        string? Product, long? CreditLimit, string? City);
}
