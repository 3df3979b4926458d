using System.Globalization;
using System.Reflection;
using System.Text;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

/// <summary>The contract: an OpenAPI 3.0 document made from the routes, served at /openapi.yaml and committed beside the code.</summary>
public static class Contract
{
    internal const string SecurityScheme = "oauth2";
    private const string Document = "v1";

    internal static void AddContract(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Document, new OpenApiInfo
            {
                Title = "Agency",
                Version = "1.0",
                Description = "Outsourced debt collection between banks and collection agencies. Banks push portfolios of overdue accounts and assign them; agencies report contact records, repayments and settlement proposals; banks confirm and approve. Every answer says in its header RateLimit how many requests the caller has left; an answer 429 says in Retry-After how long to wait.",
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
            options.SupportNonNullableReferenceTypes();
            options.NonNullableReferenceTypesAsRequired();
            options.UseAllOfToExtendReferenceSchemas();
            options.CustomSchemaIds(SchemaId);
            options.MapType<Id>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" });
            options.MapType<Id?>(() => new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "uuid" });
            options.AddSecurityDefinition(SecurityScheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "Clients get a token at /connect/token with their id and secret; people sign in with a code and PKCE.",
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri("/connect/token", UriKind.Relative), Scopes = Scopes.All.ToDictionary(StringComparer.Ordinal) },
                },
            });
            options.IncludeXmlComments(typeof(Contract).Assembly);
            options.OperationFilter<OperationFacts>();
        });
    }

    internal static void MapContract(this WebApplication app) => app
        .MapGet("/openapi.yaml", async (IServiceProvider services) => Results.Text(await WriteAsync(services), "application/yaml", Encoding.UTF8))
        .ExcludeFromDescription();

    /// <summary>The document as it is committed: YAML, LF line ends, nothing that differs between machines.</summary>
    public static async Task<string> WriteAsync(IServiceProvider services)
    {
        var document = services.GetRequiredService<ISwaggerProvider>().GetSwagger(Document);
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        document.SerializeAsV3(new OpenApiYamlWriter(text));
        await text.FlushAsync();
        return text.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    // "Page<Case>" is CasePage; "Created.Request" style nesting takes the outer name along.
    private static string SchemaId(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? string.Concat(type.GetGenericArguments().Select(SchemaId)) + name : name;
    }
}

/// <summary>Adds to each operation what the pipeline does for all: scope, common problems, idempotency and conditions.</summary>
internal sealed class OperationFacts : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RequiredScope>().FirstOrDefault() is not { } required)
        {
            return;
        }

        var method = context.ApiDescription.HttpMethod ?? "GET";
        operation.Description = $"{operation.Description} Scope: `{required.Scope}` ({Scopes.All[required.Scope].ToLowerInvariant()}).";
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Contract.SecurityScheme, context.Document)] = [required.Scope] }];
        var ids = metadata.OfType<MethodInfo>().SelectMany(handler => handler.GetParameters()).Where(p => p.ParameterType == typeof(Id)).Select(p => p.Name);
        foreach (var parameter in (operation.Parameters ?? []).Where(p => p.In == ParameterLocation.Path && ids.Contains(p.Name, StringComparer.Ordinal)))
        {
            ((OpenApiSchema)parameter.Schema!).Format = "uuid";
        }

        List<Problem> problems = [HttpProblems.Malformed, HttpProblems.UnknownParameter, HttpProblems.Unauthenticated, HttpProblems.MissingScope, HttpProblems.TooManyRequests];
        problems.AddRange(metadata.OfType<KnownProblems>().SelectMany(known => known.Problems));
        if (metadata.OfType<Subject>().FirstOrDefault() is { } subject)
        {
            problems.Add(subject.NotFound);
        }

        if (method != "GET")
        {
            problems.AddRange([HttpProblems.Invalid, HttpProblems.Overtaken]);
            if (operation.RequestBody is not null)
            {
                problems.AddRange([HttpProblems.TooLarge, HttpProblems.UnsupportedMediaType]);
            }

            if (!metadata.OfType<NeverReplayed>().Any())
            {
                problems.AddRange([HttpProblems.KeyTooLong, HttpProblems.KeyReused, HttpProblems.KeyInProgress]);
                Header(operation, Idempotency.Header, "Up to 255 characters of your choice. A second request under the same key has no second effect and gets the first answer again, for 7 days.", required: false, maxLength: 255);
            }

            if (method is "PATCH" or "PUT" or "DELETE")
            {
                Header(operation, "If-Match", "The ETag last read.", required: true, maxLength: 100);
                problems.AddRange([HttpProblems.MatchRequired, HttpProblems.MatchFailed]);
            }
        }

        if (metadata.OfType<FileBody>().FirstOrDefault() is { } file)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = file.ContentTypes.ToDictionary(
                    type => type,
                    IOpenApiMediaType (_) => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                    StringComparer.Ordinal),
            };
        }

        operation.Responses ??= [];
        if (metadata.OfType<FileResult>().FirstOrDefault() is { } result)
        {
            operation.Responses["200"] = new OpenApiResponse
            {
                Description = result.Description,
                Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
                {
                    [result.ContentType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                },
            };
        }

        var schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository);
        foreach (var group in problems.Distinct().GroupBy(problem => problem.Status).OrderBy(group => group.Key))
        {
            operation.Responses[group.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(", ", group.Select(problem => $"`{problem.Code}`")),
                Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal) { [ProblemWriter.ContentType] = new OpenApiMediaType { Schema = schema } },
            };
        }
    }

    private static void Header(OpenApiOperation operation, string name, string description, bool required, int maxLength)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Required = required,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
        });
    }
}
