using System.Text.Encodings.Web;
using System.Text.Unicode;
using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.WebEncoders;

namespace Agency.Portal;

/// <summary>The portal as an application that can be built: by its own program, by the host beside the API, by the tests.</summary>
public static class PortalApp
{
    private const string ApiName = "api";

    /// <summary>Builds the portal, ready to run. It listens on <c>Portal:Urls</c>, http://localhost:5090 unless told otherwise.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(PortalApp).Assembly.GetName().Name });

        // ASPNETCORE_URLS and --urls may be meant for the API in the same process.
        builder.WebHost.UseUrls(PortalSettings.DefaultUrl);
        configure?.Invoke(builder);
        if (builder.Configuration["Portal:Urls"] is { } urls)
        {
            builder.WebHost.UseUrls(urls);
        }

        AddServices(builder);
        var app = builder.Build();
        UsePipeline(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var settings = PortalSettings.From(builder.Configuration, builder.Environment);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Environment.WebRootFileProvider = new EmbeddedFileProvider(typeof(PortalApp).Assembly, "Agency.Portal.Assets");

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddDataProtection().SetApplicationName("agency-portal")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(settings.DataFolder, "keys", "portal")));
        services.AddPortalSignIn(settings);
        AddApi(services, settings);

        services.AddLocalization();
        services.AddRequestLocalization(Languages.Configure);
        services.AddRazorPages().AddMvcOptions(mvc => mvc.Filters.Add<ApiRefusals>());
        services.Configure<RouteOptions>(routes => routes.LowercaseUrls = true);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = settings.CookieName("agency-portal-form");
            antiforgery.Cookie.Path = "/";
            antiforgery.Cookie.SecurePolicy = settings.CookiePolicy;
        });
        services.Configure<CookieTempDataProviderOptions>(told =>
        {
            told.Cookie.Name = settings.CookieName("agency-portal-told");
            told.Cookie.Path = "/";
            told.Cookie.SecurePolicy = settings.CookiePolicy;
        });
        services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));

        // Chinese is written as itself, not as entities.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }

    private static void AddApi(IServiceCollection services, PortalSettings settings)
    {
        services.AddHttpContextAccessor().AddTransient<OnBehalfOfPerson>();
        services.AddHttpClient(ApiName, client =>
            {
                client.BaseAddress = settings.ApiBaseUrl;

                // The SDK limits each call but a file, which takes as long as it is.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
            .AddHttpMessageHandler<OnBehalfOfPerson>();

        // Nothing is retried while a person waits: they see what is wrong, and a form carries its key.
        services.AddTransient(provider => new AgencyClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(ApiName), new AgencyClientOptions { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(30), ApplicationName = "agency-portal" }));
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseRequestLocalization();
        app.UseExceptionHandler("/error/500");
        app.UseStatusCodePagesWithReExecute("/error/{0}");

        // Over https alone, and never for a developer's own machine.
        app.UseHsts();

        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/", (HttpContext http, LinkGenerator links) => Results.Redirect(links.GetPathByPage(Navigation.Of(http.User).FirstOrDefault()?.Page ?? "/People/Me")!));
        app.MapRazorPages();
    }
}
