using System.Globalization;
using System.Reflection;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

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
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Path))
        {
            var isId = ids.Contains(parameter.Name, StringComparer.Ordinal);
            ((OpenApiSchema)parameter.Schema!).Format = isId ? "uuid" : null;
            parameter.Description ??= $"The {NounOf(metadata)}'s {(isId ? "id" : "code")}.";
        }

        if ((operation.Parameters ?? []).FirstOrDefault(p => p is { Name: "limit", In: ParameterLocation.Query })?.Schema is OpenApiSchema limit)
        {
            (limit.Minimum, limit.Maximum) = ("1", PageQuery.MaxLimit.ToString(CultureInfo.InvariantCulture));
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
                Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ProblemWriter.ContentType] = new OpenApiMediaType { Schema = schema, Examples = group.ToDictionary(problem => problem.Code, problem => Example(context.Document, problem), StringComparer.Ordinal) },
                },
            };
        }
    }

    private static IOpenApiExample Example(OpenApiDocument document, Problem problem)
    {
        document.AddComponent<IOpenApiExample>(problem.Code, ContractExamples.Of(problem));
        return new OpenApiExampleReference(problem.Code, document);
    }

    // The word of the refusal that a foreign id gets: "case.not_found".
    private static string NounOf(IList<object> metadata)
    {
        var notFound = metadata.OfType<Subject>().Select(subject => subject.NotFound).Concat(metadata.OfType<KnownProblems>().SelectMany(known => known.Problems)).First(problem => problem.Status == 404);
        return notFound.Code.Split('.')[0].Replace('_', ' ');
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
