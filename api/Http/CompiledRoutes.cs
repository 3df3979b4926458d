using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Agency.Api.Http;

/// <summary>Routes that are compiled once. The framework asks for them twice, and a group compiles all of its own anew each time: half a second.</summary>
internal sealed class CompiledRoutes(EndpointDataSource routes) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> endpoints = new(() => routes.Endpoints);

    public override IReadOnlyList<Endpoint> Endpoints => endpoints.Value;

    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;

    /// <summary>Makes this of everything that was mapped; nothing may be mapped after it.</summary>
    public static void Use(IEndpointRouteBuilder app)
    {
        List<EndpointDataSource> mapped = [.. app.DataSources];
        app.DataSources.Clear();
        mapped.ForEach(routes => app.DataSources.Add(new CompiledRoutes(routes)));
    }
}
