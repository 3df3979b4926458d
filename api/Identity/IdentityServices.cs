using Agency.Api.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Validation;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Api.Identity;

/// <summary>Puts sign-in and tokens together: OpenIddict over our stores, its checks as the default authentication, the sign-in page.</summary>
internal static class IdentityServices
{
    private static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WorkingDay = TimeSpan.FromHours(12);

    // Two tabs may refresh at once; a second use after this is a theft and ends the sign-in.
    private static readonly TimeSpan ReuseLeeway = TimeSpan.FromSeconds(10);

    public static void AddIdentity(this WebApplicationBuilder builder, DataFolder folder)
    {
        var services = builder.Services;
        var http = builder.Environment.IsDevelopment() || builder.Configuration.GetValue("Identity:AllowHttp", false);

        services.TryAddSingleton<IPasswordHasher<Secrets>, PasswordHasher<Secrets>>();
        services.AddSingleton<Secrets>().AddSingleton<People>().AddSingleton<RevokedTokens>().AddSingleton<KnownTokens>();

        // These keys lie beside the key ring: encrypting them under it would add nothing, so the advice to do so is not logged.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        services.AddDataProtection().SetApplicationName("agency").PersistKeysToFileSystem(new DirectoryInfo(folder.File("keys", "data-protection")));
        if (OutsideIssuer.From(builder.Configuration) is { } issuer)
        {
            services.AddOutsideIssuer(issuer, http);
        }
        else
        {
            AddOwnIssuer(builder, http);
        }
    }

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<OutsideIssuer>() is not null)
        {
            return;
        }

        ConnectToken.Map(routes);
        ConnectAuthorize.Map(routes);
        ConnectLogout.Map(routes);
        SignInPage.Map(routes);
        AccountPage.Map(routes);
    }

    private static void AddOwnIssuer(WebApplicationBuilder builder, bool http)
    {
        var services = builder.Services;
        services.AddSingleton<IdentityPage>().AddSingleton<CodeTickets>().AddSingleton<OfferedSecrets>();
        services.AddSingleton<SecondFactor>().AddSingleton<Proofs>().AddSingleton<OwnCredentials>().AddSingleton<Principals>();
        services.AddSingleton<ClientStore>().AddSingleton<TokenStore>().AddSingleton<SignInStore>().AddSingleton<ScopeStore>();
        services.AddSingleton(PortalAddress.From(builder.Configuration));
        services.AddHostedService<PortalClient>();
        services.AddHostedService<TokenSweep>();
        services.AddOpenIddict().AddCore(AddStores).AddServer(server => Configure(server, http, builder.Configuration["Identity:Issuer"])).AddValidation(Configure);
        services.AddOptions<OpenIddictServerOptions>().Configure<DataFolder, KeyRing>(AddKeys);

        services.AddAuthentication(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme).AddCookie(SignInSession.Scheme, cookie =>
        {
            cookie.Cookie.Name = CookieName("agency-sign-in");
            cookie.Cookie.Path = "/";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = http ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            cookie.LoginPath = SignInPage.Path;
            cookie.ReturnUrlParameter = IdentityPage.ReturnParameter;
            cookie.ExpireTimeSpan = WorkingDay;
            cookie.SlidingExpiration = false;
        });
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = CookieName("agency-sign-in-form");
            antiforgery.Cookie.Path = "/";
            antiforgery.Cookie.SecurePolicy = http ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            antiforgery.FormFieldName = IdentityPage.AntiforgeryField;
        });

        // By this prefix a browser vouches that no other host of the domain wrote the cookie; it wants TLS for that.
        string CookieName(string name) => http ? name : $"__Host-{name}";
    }

    private static void AddStores(OpenIddictCoreBuilder core)
    {
        core.SetDefaultApplicationEntity<Client>().SetDefaultAuthorizationEntity<SignIn>().SetDefaultTokenEntity<Token>().SetDefaultScopeEntity<StoredScope>();
        core.ReplaceApplicationManager<Client, ClientManager>();

        // A revoked token must be found revoked: nothing about tokens is remembered between requests.
        core.DisableEntityCaching();
        core.Services.AddSingleton(provider => EntityStore.Over<IOpenIddictApplicationStore<Client>>(provider.GetRequiredService<ClientStore>()));
        core.Services.AddSingleton(provider => EntityStore.Over<IOpenIddictAuthorizationStore<SignIn>>(provider.GetRequiredService<SignInStore>()));
        core.Services.AddSingleton(provider => EntityStore.Over<IOpenIddictTokenStore<Token>>(provider.GetRequiredService<TokenStore>()));
        core.Services.AddSingleton(provider => EntityStore.Over<IOpenIddictScopeStore<StoredScope>>(provider.GetRequiredService<ScopeStore>()));
    }

    private static void Configure(OpenIddictServerBuilder server, bool http, string? issuer)
    {
        server.SetTokenEndpointUris("connect/token")
            .SetAuthorizationEndpointUris("connect/authorize")
            .SetEndSessionEndpointUris("connect/logout")
            .SetRevocationEndpointUris("connect/revoke")
            .AllowClientCredentialsFlow().AllowAuthorizationCodeFlow().AllowRefreshTokenFlow()
            .RequireProofKeyForCodeExchange()
            .DisableAccessTokenEncryption()
            .SetAccessTokenLifetime(AccessTokenLifetime)
            .SetRefreshTokenLifetime(WorkingDay)
            .SetRefreshTokenReuseLeeway(ReuseLeeway)

            // A working day is counted from the sign-in, however often its token was traded since.
            .DisableSlidingRefreshTokenExpiration()
            .RegisterScopes([.. Tenancy.Scopes.All.Keys, OpenIddictConstants.Scopes.OpenId, OpenIddictConstants.Scopes.Profile, OpenIddictConstants.Scopes.OfflineAccess])

            // A scope that a client lacks is refused by /connect/token itself, with the error OAuth has for it.
            .IgnoreScopePermissions()
            .Configure(options => options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
        if (issuer is not null)
        {
            server.SetIssuer(issuer);
        }

        var web = server.UseAspNetCore().EnableTokenEndpointPassthrough().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough();
        if (http)
        {
            web.DisableTransportSecurityRequirement();
        }
    }

    private static void Configure(OpenIddictValidationBuilder validation)
    {
        validation.UseLocalServer();
        validation.UseAspNetCore();
        validation.AddEventHandler<OpenIddictValidationEvents.ValidateTokenContext>(handler => handler.UseScopedHandler<RefuseRevoked>().SetOrder(int.MaxValue - 1000));
    }

    // Access tokens are signed, for anyone to verify; codes and refresh tokens are encrypted, for us alone.
    private static void AddKeys(OpenIddictServerOptions options, DataFolder folder, KeyRing ring)
    {
        options.SigningCredentials.Add(new SigningCredentials(SigningKey.Open(folder.File("keys", "signing.pem")), SecurityAlgorithms.RsaSha256));
        options.EncryptionCredentials.Add(new EncryptingCredentials(
            new SymmetricSecurityKey(ring.DeriveIndex("identity tokens")), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }
}
