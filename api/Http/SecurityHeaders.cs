namespace Agency.Api.Http;

/// <summary>What every answer tells a browser not to do. The API's answers are no pages; those that are say what they need themselves.</summary>
internal static class SecurityHeaders
{
    private const string NoPage = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddSecurityHeaders(this IServiceCollection services) => services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));

    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Over https alone, and never for a developer's own machine.
        app.UseHsts();
        app.Use(static (http, next) =>
        {
            // On starting, because a failure clears what was set before it.
            http.Response.OnStarting(static response =>
            {
                Write(((HttpResponse)response).Headers);
                return Task.CompletedTask;
            }, http.Response);
            return next(http);
        });
    }

    private static void Write(IHeaderDictionary headers)
    {
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = NoPage;
        }

        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
