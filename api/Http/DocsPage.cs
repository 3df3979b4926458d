using Scalar.AspNetCore;

namespace Agency.Api.Http;

/// <summary>The reference for people at /docs: the contract in Scalar's page, whose script comes with its package, so that nothing is asked of anyone else.</summary>
internal static class DocsPage
{
    public static void MapDocs(this WebApplication app) => app.MapScalarApiReference("/docs", (options, http) =>
    {
        options.Title = "Agency API";
        options.OpenApiRoutePattern = Contract.Address;
        options.DynamicNonce = true;
        options.DefaultFonts = false;
        options.DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton();
        options.WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl);
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.ContentSecurityPolicy = PolicyFor(http.Items[ScalarOptions.NonceHttpContextItemKey] as string);
            return Task.CompletedTask;
        });
    });

    // Scalar writes its styles into the page as it runs, so that they can't be known beforehand; all else is ours or named by the nonce.
    private static string PolicyFor(string? nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
