using Microsoft.AspNetCore.Localization;

namespace Agency.Api.Http;

/// <summary>
/// Chinese or English, whichever Accept-Language ranks first; English when it names neither. Any Chinese is written as
/// zh-CN: titles and the validators' messages must not part ways over a region.
/// </summary>
internal sealed class CallerLanguage : RequestCultureProvider
{
    public const string English = "en";
    public const string Chinese = "zh-CN";

    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
    {
        var accepted = httpContext.Request.GetTypedHeaders().AcceptLanguage
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => Known(language.Value.ToString()))
            .FirstOrDefault(known => known is not null);
        return Task.FromResult(accepted is null ? null : new ProviderCultureResult("", accepted));
    }

    private static string? Known(string tag) => tag.Split('-')[0].ToUpperInvariant() switch
    {
        "ZH" => Chinese,
        "EN" => English,
        _ => null,
    };
}
