using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Debtors;

/// <summary>A bank asks whether a debtor is erased, or could be.</summary>
internal static class GetErasure
{
    private static readonly Sql Find = new("SELECT erased_at FROM debtor WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql OfCases = new("SELECT id, ended_at, retain_until, erased_at FROM [case] WHERE bank_id = @tenant AND debtor_id = @id");

    private static readonly Sql OfAccounts = new("SELECT state FROM account WHERE bank_id = @tenant AND debtor_id = @id");

    public static void Map(RouteGroupBuilder debtors) => debtors.MapGet("/{id}/erasure", HandleAsync)
        .Describe("Debtors_GetErasure", Scopes.DebtorsErase, "Read a debtor's erasure", "Whether the debtor is erased, and what is in the way while they are not.")
        .Returns<DebtorErasure>()
        .Refuses(HttpProblems.WrongTenantKind)
        .On(ReadAsync, DebtorProblems.NotFound);

    internal static async Task<DebtorErasure?> ReadAsync(Work work, Id id, CancellationToken cancellation)
    {
        if (!work.Caller.IsBank || await work.Db.FindAsync<Erased>(Find, new { tenant = work.Tenant, id }, cancellation) is not { } debtor)
        {
            return null;
        }

        var cases = await CasesAsync(work, id, cancellation);
        var accounts = await work.Db.ListAsync<string>(OfAccounts, new { tenant = work.Tenant, id }, cancellation);
        return new DebtorErasure(id, debtor.ErasedAt, ObstacleOf(debtor.ErasedAt, cases, accounts, work.Now)?.Code, cases.Max(c => c.RetainUntil));
    }

    /// <summary>The debtor's cases, with every agency.</summary>
    internal static Task<IReadOnlyList<CaseOfDebtor>> CasesAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.ListAsync<CaseOfDebtor>(OfCases, new { tenant = work.Tenant, id }, cancellation);

    /// <summary>Why the debtor can't be erased; null when they can.</summary>
    internal static Problem? ObstacleOf(DateTimeOffset? erasedAt, IReadOnlyList<CaseOfDebtor> cases, IReadOnlyList<string> accounts, DateTimeOffset now) => true switch
    {
        _ when erasedAt is not null => DebtorProblems.IsErased,
        _ when cases.Any(c => c.EndedAt is null) => DebtorProblems.OpenCase,

        // A case from before there was such a date has it within the hour.
        _ when cases.Any(c => c.RetainUntil is not { } until || until > now) => DebtorProblems.Retention,

        // What is still owed is still to be asked for, by a name.
        _ when accounts.Any(state => state != Words.Of(AccountState.Resolved)) => DebtorProblems.Retention,
        _ => null,
    };

    private static async Task<Answer<DebtorErasure>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        return Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw DebtorProblems.NotFound.Refuse());
    }

    private sealed record Erased(DateTimeOffset? ErasedAt);
}

/// <summary>A case of a debtor, and how long its private data is kept.</summary>
internal sealed record CaseOfDebtor(Id Id, DateTimeOffset? EndedAt, DateTimeOffset? RetainUntil, DateTimeOffset? ErasedAt);
