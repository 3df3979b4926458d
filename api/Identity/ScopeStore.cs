using System.Collections.Immutable;

namespace Agency.Api.Identity;

/// <summary>A scope as OpenIddict would store it. Ours are words of the code, not rows.</summary>
public sealed class StoredScope
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";
}

/// <summary>
/// OpenIddict asks here for scopes it was not told of at start. <see cref="Tenancy.Scopes"/> is the one list and was told
/// whole, so there are none: a table would be a second list to keep equal to the first.
/// </summary>
public sealed class ScopeStore
{
    public IAsyncEnumerable<StoredScope> FindByNamesAsync(ImmutableArray<string> names, CancellationToken cancellationToken) => AsyncEnumerable.Empty<StoredScope>();

    public IAsyncEnumerable<StoredScope> FindByResourceAsync(string resource, CancellationToken cancellationToken) => AsyncEnumerable.Empty<StoredScope>();

    public ValueTask<StoredScope?> FindByNameAsync(string name, CancellationToken cancellationToken) => default;
}
