using System.Security.Claims;
using Agency.Api.Data;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Claims = Agency.Api.Tenancy.Claims;

namespace Agency.Api.Identity;

/// <summary>An issuer outside, whose access tokens are taken in place of our own.</summary>
/// <param name="Authority">Its address, under which its discovery document is.</param>
/// <param name="Audience">What its tokens call this API.</param>
/// <param name="ClaimNames">What it calls the claims that the service reads, by our names.</param>
public sealed record OutsideIssuer(Uri Authority, string Audience, IReadOnlyDictionary<string, string> ClaimNames)
{
    private static readonly string[] Read = [Claims.Tenant, Claims.Person, Claims.Role, Claims.Client, Claims.Scope];

    /// <summary>Null where the service issues its own tokens.</summary>
    /// <exception cref="InvalidOperationException">An address is none, or the audience is not said.</exception>
    public static OutsideIssuer? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Identity");
        if (section["Authority"] is not { Length: > 0 } authority)
        {
            return null;
        }

        return new(
            Uri.TryCreate(authority, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address
                : throw new InvalidOperationException($"Identity:Authority is '{authority}': use an address like https://login.example.com/"),
            section["Audience"] is { Length: > 0 } audience ? audience : throw new InvalidOperationException("Identity:Audience is needed beside Identity:Authority: without it a token for any other service would be taken."),
            Read.ToDictionary(name => name, name => section[$"Claims:{name}"] ?? name, StringComparer.Ordinal));
    }

    /// <summary>Of all that the token says, what the service reads, under our names.</summary>
    internal ClaimsPrincipal Translate(ClaimsPrincipal principal) => new(new ClaimsIdentity(
        ClaimNames.SelectMany(name => principal.FindAll(name.Value).Select(claim => new Claim(name.Key, claim.Value))), JwtBearerDefaults.AuthenticationScheme));
}

/// <summary>Checks the tokens of an issuer outside, by the keys of its discovery document.</summary>
internal static class OutsideTokens
{
    // Signatures alone that only the issuer can make: none, and no shared secret, which its public key could be taken for.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static void AddOutsideIssuer(this IServiceCollection services, OutsideIssuer issuer, bool allowHttp)
    {
        services.AddSingleton(issuer).AddSingleton<KeptOut>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(jwt =>
        {
            jwt.Authority = issuer.Authority.AbsoluteUri;
            jwt.Audience = issuer.Audience;
            jwt.RequireHttpsMetadata = !allowHttp;
            jwt.MapInboundClaims = false;
            jwt.RefreshInterval = Skew;
            jwt.TokenValidationParameters.ValidAlgorithms = Algorithms;
            jwt.Events = new JwtBearerEvents { OnTokenValidated = AdmitAsync };
        });
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TimeProvider>((jwt, clock) =>
            jwt.TokenValidationParameters.LifetimeValidator = (notBefore, expires, _, _) =>
                expires > (clock.GetUtcNow() - Skew).UtcDateTime && !(notBefore > (clock.GetUtcNow() + Skew).UtcDateTime))
            .PostConfigure(static jwt =>
            {
                // A key that the issuer withdrew may have been stolen: the document that had it is not held on to.
                if (jwt.ConfigurationManager is BaseConfigurationManager documents)
                {
                    documents.UseLastKnownGoodConfiguration = false;
                }
            });
    }

    private static async Task AdmitAsync(TokenValidatedContext context)
    {
        var services = context.HttpContext.RequestServices;
        context.Principal = services.GetRequiredService<OutsideIssuer>().Translate(context.Principal!);
        if (await services.GetRequiredService<KeptOut>().ContainsAsync(context.Principal, context.HttpContext.RequestAborted))
        {
            context.Fail("The person or the client was disabled.");
        }
    }
}

/// <summary>
/// Whom the operator disabled here, whatever the issuer thinks of them. Asked with every request: of an outside token nobody knows
/// by which credentials it was given.
/// </summary>
internal sealed class KeptOut(Database database)
{
    private static readonly Sql DisabledPerson = new("SELECT id FROM auth.person WHERE id = @id AND disabled_at IS NOT NULL");
    private static readonly Sql DisabledClient = new("SELECT id FROM auth.client WHERE client_id = @clientId AND disabled_at IS NOT NULL");

    public async Task<bool> ContainsAsync(ClaimsPrincipal principal, CancellationToken cancellation)
    {
        await using var session = await database.OpenIdentityAsync(write: false, cancellation);
        return (Id.TryRead(principal.FindFirstValue(Claims.Person), out var id) && await session.FindAsync<Id?>(DisabledPerson, new { id }, cancellation) is not null)
            || (principal.FindFirstValue(Claims.Client) is { } clientId && await session.FindAsync<Id?>(DisabledClient, new { clientId }, cancellation) is not null);
    }
}
