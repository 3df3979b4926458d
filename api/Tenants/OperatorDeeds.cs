using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>Does the operator's work inside the process: from a shell, for example data, in tests. Each deed is a transaction.</summary>
internal static class OperatorDeeds
{
    // Before the operator is made there is nobody to act for; only making it works then.
    private static readonly TenantInfo Nobody = new(0, default, "", "", TenantKind.Operator);

    public static async Task<T> DoAsync<T>(IServiceProvider services, Func<Work, Task<T>> deed, CancellationToken cancellation = default)
    {
        await using var scope = services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<Work>();
        var by = await services.GetRequiredService<TenantStore>().OperatorAsync(cancellation) ?? Nobody;
        var caller = new Caller(by, "cli", null, null);
        await using var session = await services.GetRequiredService<Database>().OpenAsync(caller.Context, write: true, cancellation);
        work.Begin(caller, session);
        var result = await deed(work);
        await work.AnsweredAsync();
        await session.CommitAsync(cancellation);
        return result;
    }
}
