using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Agency.Portal.SignIn;

/// <summary>
/// Keeps a session's access token fresh. It lives ten minutes; shortly before it ends the refresh token is traded for a new
/// pair. When the authority says no, the session is over.
/// </summary>
internal sealed partial class SessionTokens(IOptionsMonitor<OpenIdConnectOptions> options, TimeProvider clock, ILogger<SessionTokens> log) : IDisposable
{
    private const string Expiry = "expires_at";
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    // Two tabs must not spend one refresh token twice, and a browser that never got the new cookie comes back with the old one.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);
    private readonly MemoryCache traded = new(new MemoryCacheOptions());
    private readonly Lock gate = new();

    public async Task KeepFreshAsync(CookieValidatePrincipalContext context)
    {
        if (!IsAging(context.Properties))
        {
            return;
        }

        try
        {
            var answer = context.Properties.GetTokenValue(OpenIdConnectParameterNames.RefreshToken) is { } refresh ? await TradeOnceAsync(refresh) : null;
            if (answer is null)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(context.Scheme.Name);
                return;
            }

            Store(context.Properties, answer);
            context.ShouldRenew = true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The authority can't be asked: the old token may still serve, and if not, the page will say so.
            LogNotRefreshed(exception);
        }
    }

    /// <summary>Makes the session's refresh token worthless: a copy of the cookie must not outlive the sign-out.</summary>
    public async Task RevokeAsync(HttpContext http)
    {
        if (await http.GetTokenAsync(OpenIdConnectParameterNames.RefreshToken) is not { } refresh)
        {
            return;
        }

        try
        {
            var oidc = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [OpenIdConnectParameterNames.ClientId] = oidc.ClientId!,
                ["token"] = refresh,
            });
            using var response = await oidc.Backchannel.PostAsync(new Uri(new Uri(oidc.Authority!), "connect/revoke"), form, http.RequestAborted);
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException exception)
        {
            LogNotRevoked(exception);
        }
    }

    public void Dispose() => traded.Dispose();

    private bool IsAging(AuthenticationProperties properties) =>
        !DateTimeOffset.TryParse(properties.GetTokenValue(Expiry), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
        || end - Ahead <= clock.GetUtcNow();

    private Task<Tokens?> TradeOnceAsync(string refreshToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken)));
        lock (gate)
        {
            if (traded.TryGetValue(key, out Task<Tokens?>? running) && running is { IsFaulted: false, IsCanceled: false })
            {
                return running;
            }

            return traded.Set(key, TradeAsync(refreshToken), Remembered);
        }
    }

    // Not with the request's cancellation: others may wait for the same trade.
    private async Task<Tokens?> TradeAsync(string refreshToken)
    {
        var oidc = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var authority = await oidc.ConfigurationManager!.GetConfigurationAsync(CancellationToken.None);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [OpenIdConnectParameterNames.GrantType] = OpenIdConnectGrantTypes.RefreshToken,
            [OpenIdConnectParameterNames.ClientId] = oidc.ClientId!,
            [OpenIdConnectParameterNames.RefreshToken] = refreshToken,
        });
        using var response = await oidc.Backchannel.PostAsync(new Uri(authority.TokenEndpoint), form, CancellationToken.None);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var message = new OpenIdConnectMessage(await response.Content.ReadAsStringAsync(CancellationToken.None));
        return new Tokens(
            message.AccessToken,
            message.RefreshToken ?? refreshToken,
            message.IdToken,
            clock.GetUtcNow().AddSeconds(int.Parse(message.ExpiresIn, CultureInfo.InvariantCulture)));
    }

    private static void Store(AuthenticationProperties properties, Tokens tokens)
    {
        properties.UpdateTokenValue(OpenIdConnectParameterNames.AccessToken, tokens.Access);
        properties.UpdateTokenValue(OpenIdConnectParameterNames.RefreshToken, tokens.Refresh);
        properties.UpdateTokenValue(Expiry, tokens.ExpiresAt.ToString("o", CultureInfo.InvariantCulture));
        if (tokens.Id is not null)
        {
            properties.UpdateTokenValue(OpenIdConnectParameterNames.IdToken, tokens.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An access token could not be refreshed")]
    private partial void LogNotRefreshed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A refresh token could not be revoked at sign-out")]
    private partial void LogNotRevoked(Exception exception);

    private sealed record Tokens(string Access, string Refresh, string? Id, DateTimeOffset ExpiresAt);
}
