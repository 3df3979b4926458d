namespace Agency.Api.Identity;

/// <summary>Every hour forgets tokens that expired, and the sign-ins of which none is left: a day later, for whoever looks into an incident.</summary>
internal sealed class TokenSweep(TokenStore tokens, SignInStore signIns, TimeProvider clock, ILogger<TokenSweep> log)
    : Sweep(TimeSpan.FromHours(1), clock, log)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    internal override async Task RunAsync(CancellationToken cancellation)
    {
        var before = Clock.GetUtcNow() - Kept;
        await tokens.PruneAsync(before, cancellation);
        await signIns.PruneAsync(before, cancellation);
    }
}
