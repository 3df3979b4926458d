using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Agency.Portal.Http;

/// <summary>
/// A form with a file of any size, read as it comes in: neither memory nor disk ever holds the file, which is a bank's debtors. The fields stand
/// before the file, the antiforgery token among them, so that nothing of a forged form is read.
/// </summary>
public static class StreamedForm
{
    private const int MaxFields = 50;
    private const int MaxFieldLength = 4000;

    /// <summary>Reads the fields up to the file and checks the token; null where no file was chosen.</summary>
    /// <exception cref="AntiforgeryValidationException">The form is not one of ours.</exception>
    /// <exception cref="InvalidDataException">It is no such form.</exception>
    public static async Task<StreamedFile?> ReadAsync(HttpContext http)
    {
        var fields = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        try
        {
            return await ReadAsync(http, fields) is { Name.Length: > 0 } file ? file : null;
        }
        finally
        {
            // What asks for the form from here on, as an error page does too, gets these fields and does not read the body.
            http.Features.Set<IFormFeature>(new FormFeature(new FormCollection(fields)));
        }
    }

    private static async Task<StreamedFile?> ReadAsync(HttpContext http, Dictionary<string, StringValues> fields)
    {
        var boundary = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        var reader = new MultipartReader(boundary is { Length: > 0 and <= 200 } ? boundary : throw new InvalidDataException("No multipart form."), http.Request.Body);
        StreamedFile? file = null;
        while (file is null && await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
        {
            if (section.AsFileSection() is { } sent)
            {
                file = new StreamedFile(sent.FileName, sent.FileStream ?? Stream.Null);
            }
            else if (section.AsFormDataSection() is { } field && fields.Count < MaxFields)
            {
                fields[field.Name] = await ReadAsync(section.Body, http.RequestAborted);
            }
        }

        http.Features.Set<IFormFeature>(new FormFeature(new FormCollection(fields)));
        await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
        return file;
    }

    private static async Task<string> ReadAsync(Stream body, CancellationToken cancellation)
    {
        using var reader = new StreamReader(body);
        var buffer = new char[MaxFieldLength + 1];
        var read = await reader.ReadBlockAsync(buffer, cancellation);
        return read <= MaxFieldLength ? new string(buffer, 0, read) : throw new InvalidDataException("A field is too long.");
    }
}

/// <summary>A file on its way in.</summary>
/// <param name="Name">What the person calls it.</param>
/// <param name="Content">Its bytes, to be read once.</param>
public sealed record StreamedFile(string Name, Stream Content);

/// <summary>The page reads its form itself: nothing else may, and its size is not the portal's to limit.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReadsFormItselfAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        context.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
        if (context.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
