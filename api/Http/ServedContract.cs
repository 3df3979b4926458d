using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Agency.Api.Http;

/// <summary>An operation as people speak of it.</summary>
internal sealed record OperationName(string Method, string Path, string Id, string Summary);

/// <summary>The contract of this process, made once: its routes do not change while it runs.</summary>
internal sealed partial class ServedContract
{
    private readonly Lazy<OpenApiDocument> document;
    private readonly Lazy<Task<string>> text;
    private readonly Lazy<ILookup<string, OperationName>> operations;

    public ServedContract(ISwaggerProvider provider)
    {
        document = new(() => provider.GetSwagger(Contract.Document));
        text = new(WriteAsync);
        operations = new(ReadOperations);
    }

    /// <summary>As it is committed: YAML, LF line ends, nothing that differs between machines.</summary>
    public Task<string> Text => text.Value;

    /// <summary>The operations that say they may answer with a problem.</summary>
    public IReadOnlyList<OperationName> OperationsWith(Problem problem) => [.. operations.Value[problem.Code]];

    private async Task<string> WriteAsync()
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        document.Value.SerializeAsV3(new OpenApiYamlWriter(writer));
        await writer.FlushAsync();
        return Yaml11Boolean().Replace(writer.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n", "${indent}'${name}':");
    }

    // Each problem of an answer is an example of it, by its code.
    private ILookup<string, OperationName> ReadOperations() => (
        from path in document.Value.Paths
        from operation in path.Value.Operations!
        from response in operation.Value.Responses!.Values
        from body in response.Content!
        where body.Key == ProblemWriter.ContentType
        from code in body.Value.Examples!.Keys
        select (Code: code, Name: new OperationName(operation.Key.Method, path.Key, operation.Value.OperationId!, operation.Value.Summary!)))
        .ToLookup(found => found.Code, found => found.Name, StringComparer.Ordinal);

    // A member called "on" is the key true to readers of YAML 1.1 unless it is quoted.
    [GeneratedRegex("^(?<indent> +)(?<name>on|off|yes|no|y|n):", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Yaml11Boolean();
}
