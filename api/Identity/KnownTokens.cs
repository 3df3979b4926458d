using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>
/// Access tokens that this process has verified, until they expire: a client sends the same one for ten minutes, and verifying it
/// costs more than answering. Whether it was revoked is asked every time.
/// </summary>
public sealed class KnownTokens(RevokedTokens revoked, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    // Far above the clients of one instance; whoever sends more distinct tokens has them verified again.
    private const int Most = 10_000;

    // By digest, so that a dump of the memory's longest-lived part holds no token.
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Lets a request in on a token known to be good; any other goes on to be verified, and is remembered when it was.</summary>
    internal static void Use(IApplicationBuilder app)
    {
        // Without this the host puts authentication before everything else, having seen none on the main line.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        var tokens = app.ApplicationServices.GetRequiredService<KnownTokens>();
        app.Use(tokens.AdmitAsync);
        app.UseWhen(static http => http.User.Identity?.IsAuthenticated != true, branch =>
        {
            branch.UseAuthentication();
            branch.Use(tokens.RememberAsync);
        });
    }

    private async Task AdmitAsync(HttpContext http, RequestDelegate next)
    {
        if (DigestOf(http) is { } digest && known.TryGetValue(digest, out var token))
        {
            if (token.ExpiresAt <= clock.GetUtcNow())
            {
                known.TryRemove(digest, out _);
            }
            else if (!await revoked.ContainsAsync(token.Id, token.Principal, http.RequestAborted))
            {
                http.User = token.Principal;
            }
        }

        await next(http);
    }

    private Task RememberAsync(HttpContext http, RequestDelegate next)
    {
        if (http.User is { Identity.IsAuthenticated: true } user && DigestOf(http) is { } digest && Id.TryRead(user.GetTokenId(), out var id) && user.GetExpirationDate() is { } expiresAt)
        {
            if (known.Count >= Most)
            {
                known.Clear();
            }

            known[digest] = new Known(id, user, expiresAt);
        }

        return next(http);
    }

    // Under /v1 alone: the pages of sign-in know people by cookie.
    private static string? DigestOf(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
        && http.Request.Headers.Authorization is [{ } value] && value.StartsWith(Scheme, StringComparison.Ordinal)
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value)))
            : null;

    private sealed record Known(Id Id, ClaimsPrincipal Principal, DateTimeOffset ExpiresAt);
}
