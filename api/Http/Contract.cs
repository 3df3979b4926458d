using System.Text;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

/// <summary>The contract: an OpenAPI 3.0 document made from the routes, served at /openapi.yaml and committed beside the code.</summary>
public static class Contract
{
    internal const string SecurityScheme = "oauth2";
    internal const string Address = "/openapi.yaml";
    internal const string Document = "v1";
    private static readonly Uri Token = new("/connect/token", UriKind.Relative);

    internal static void AddContract(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ServedContract>().AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Document, new OpenApiInfo
            {
                Title = "Agency",
                Version = "1.0",
                Description = "Outsourced debt collection between banks and collection agencies. Banks push portfolios of overdue accounts and assign them; agencies report contact records, repayments and settlement proposals; banks confirm and approve. Every answer is named by its header Request-Id, for whoever is asked for help, and says in RateLimit how many requests the caller has left; an answer 429 says in Retry-After how long to wait.",
                Contact = ContactOf(configuration),
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
            options.AddServer(new OpenApiServer { Url = "/", Description = "The service that gave this document." });
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
                    ClientCredentials = new OpenApiOAuthFlow { TokenUrl = Token, Scopes = Scopes.All.ToDictionary(StringComparer.Ordinal) },
                    AuthorizationCode = new OpenApiOAuthFlow { AuthorizationUrl = new Uri("/connect/authorize", UriKind.Relative), TokenUrl = Token, RefreshUrl = Token, Scopes = Scopes.All.ToDictionary(StringComparer.Ordinal) },
                },
            });
            options.IncludeXmlComments(typeof(Contract).Assembly);
            options.SchemaFilter<ContractLimits>();
            options.OperationFilter<OperationFacts>();
            options.DocumentFilter<ContractTags>();
            options.DocumentFilter<NullableTypes>();
            options.DocumentFilter<ContractExamples>();
        });
    }

    internal static void MapContract(this WebApplication app) => app
        .MapGet(Address, async (ServedContract contract) => Results.Text(await contract.Text, "application/yaml", Encoding.UTF8))
        .ExcludeFromDescription();

    /// <summary>The document as it is committed.</summary>
    public static Task<string> WriteAsync(IServiceProvider services) => services.GetRequiredService<ServedContract>().Text;

    // Whoever runs the service says whom to ask. Until then there is its own reference, rather than an address that nobody reads.
    private static OpenApiContact ContactOf(IConfiguration configuration) => new()
    {
        Name = configuration["Contact:Name"] ?? "Whoever runs this service",
        Url = new Uri(configuration["Contact:Url"] ?? "/docs", UriKind.RelativeOrAbsolute),
        Email = configuration["Contact:Email"],
    };

    // "Page<Case>" is CasePage; "Created.Request" style nesting takes the outer name along.
    private static string SchemaId(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? string.Concat(type.GetGenericArguments().Select(SchemaId)) + name : name;
    }
}

/// <summary>
/// A member that may be null says its type beside the reference, which alone can't be null in OpenAPI 3.0.
/// </summary>
internal sealed class NullableTypes : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        foreach (var member in context.SchemaRepository.Schemas.Values.SelectMany(schema => schema.Properties?.Values ?? []).OfType<OpenApiSchema>())
        {
            if (member is { AllOf: [{ } only], Type: JsonSchemaType.Null })
            {
                member.Type |= only.Type;
            }
        }
    }
}
