using System.Runtime.CompilerServices;

namespace Agency.Sdk;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public interface IPage<out T>
{
    /// <summary>What is on the page.</summary>
    IReadOnlyList<T> Items { get; }

    /// <summary>The cursor of the page after; absent on the last.</summary>
    string? Next { get; }
}

internal static class Pages
{
    public static async IAsyncEnumerable<T> ReadAsync<TPage, T>(
        Func<string?, CancellationToken, Task<TPage>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : IPage<T>
    {
        string? cursor = null;
        do
        {
            var page = await read(cursor, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
