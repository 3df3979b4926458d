namespace Agency.Portal.Http;

/// <summary>What every answer tells the browser not to do: run others' scripts, load from elsewhere, be framed, keep a copy of a page.</summary>
internal static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Signing out posts to us and is led on to the authority; browsers check form-action along the redirects too.
        var authority = app.Services.GetRequiredService<PortalSettings>().Authority.GetLeftPart(UriPartial.Authority);
        var policy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self' {authority}; base-uri 'none'; frame-ancestors 'none'";
        app.Use((http, next) =>
        {
            // On starting, because the error pages clear what was set before them.
            http.Response.OnStarting(() =>
            {
                Write(http.Response.Headers, policy);
                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    private static void Write(IHeaderDictionary headers, string policy)
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

        // Pages show debtors: no copy is left in the browser after signing out. Style sheets have said otherwise by now.
        if (headers.CacheControl.Count == 0 || headers.ContentType.ToString().StartsWith("text/html", StringComparison.Ordinal))
        {
            headers.CacheControl = "no-store";
        }
    }
}
