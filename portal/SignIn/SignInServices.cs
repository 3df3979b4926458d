using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Agency.Portal.SignIn;

/// <summary>People sign in at the authority (code and PKCE); their tokens travel in the portal's own encrypted cookie.</summary>
internal static class SignInServices
{
    private static readonly TimeSpan WorkingDay = TimeSpan.FromHours(12);

    public static void AddPortalSignIn(this IServiceCollection services, PortalSettings settings)
    {
        services.AddSingleton<SessionTokens>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie => ConfigureCookie(cookie, settings))
            .AddOpenIdConnect(oidc => ConfigureOidc(oidc, settings));
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<SessionTokens>((cookie, tokens) => cookie.Events.OnValidatePrincipal = tokens.KeepFreshAsync);

        // A page that forgets to say who may see it is closed.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie, PortalSettings settings)
    {
        cookie.Cookie.Name = settings.CookieName("agency-portal");
        cookie.Cookie.Path = "/";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = settings.CookiePolicy;
        cookie.ExpireTimeSpan = WorkingDay;
        cookie.SlidingExpiration = false;
        cookie.ForwardChallenge = OpenIdConnectDefaults.AuthenticationScheme;
        cookie.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static void ConfigureOidc(OpenIdConnectOptions oidc, PortalSettings settings)
    {
        oidc.Authority = settings.Authority.AbsoluteUri;
        oidc.RequireHttpsMetadata = !(settings.AllowHttp && settings.Authority.Scheme == "http");
        oidc.ClientId = settings.ClientId;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.UsePkce = true;
        oidc.SaveTokens = true;
        oidc.MapInboundClaims = false;
        oidc.TokenValidationParameters.NameClaimType = "name";
        oidc.TokenValidationParameters.RoleClaimType = "role";
        oidc.SignedOutRedirectUri = "/signed-out";

        // Which scopes a person has is the authority's table: without a wish of ours it gives those of the role.
        oidc.Scope.Clear();
        oidc.Scope.Add("openid");
        oidc.Scope.Add("profile");
        oidc.Scope.Add("offline_access");

        // The answer comes as a redirect, so that Lax cookies come along; a posted one would need SameSite=None, which needs TLS.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        Configure(oidc.CorrelationCookie, "agency-portal-correlation.");
        Configure(oidc.NonceCookie, "agency-portal-nonce.");

        oidc.Events.OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.UiLocales = CultureInfo.CurrentUICulture.Name;
            return Task.CompletedTask;
        };
        oidc.Events.OnRedirectToIdentityProviderForSignOut = context =>
            context.HttpContext.RequestServices.GetRequiredService<SessionTokens>().RevokeAsync(context.HttpContext);
        oidc.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect("/signed-out?failed=true");
            context.HandleResponse();
            return Task.CompletedTask;
        };

        void Configure(CookieBuilder cookie, string name)
        {
            cookie.Name = settings.CookieName(name);
            cookie.Path = "/";
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = settings.CookiePolicy;
        }
    }
}
