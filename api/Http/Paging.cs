using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Api.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The cursor of the following page; absent on the last.</param>
/// <param name="ChangedAfter">What to give as <c>changed_after</c> next time, when it was given this time; the same again once nothing has changed since.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, string? ChangedAfter = null);

/// <summary>Which page is asked for.</summary>
/// <param name="Limit">How many items, 1 to 1000; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before; the first page when absent.</param>
public sealed record PageQuery(
    [property: FromQuery(Name = "limit"), Description("How many items, 1 to 1000."), DefaultValue(PageQuery.DefaultLimit)] int? Limit,
    [property: FromQuery(Name = "cursor"), Description("The next of the page before.")] string? Cursor)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 1000;

    /// <summary>How many rows to take: one more than asked for tells whether a page follows.</summary>
    internal int Take => Limit is null or (>= 1 and <= MaxLimit) ? (Limit ?? DefaultLimit) + 1 : throw HttpProblems.LimitOutOfRange.Refuse();
}

/// <summary>
/// Cursors: the last key of a page, sealed with the tenant, the route and its filters, so that it means nothing elsewhere.
/// </summary>
public sealed class Cursors(KeyRing ring)
{
    private const int SealBytes = 16;

    /// <summary>The key after which the page starts: the cursor's, or that before the first row.</summary>
    internal Id After(HttpContext http, Work work, PageQuery page) => AfterKey(http, work, page) switch
    {
        null => default,
        { Length: 16 } key => Id.FromBytes(key),
        _ => throw HttpProblems.CursorInvalid.Refuse(),
    };

    /// <summary>The same for lists whose key is two ids: of a group and of a row in it.</summary>
    internal (Id Group, Id Row) AfterPair(HttpContext http, Work work, PageQuery page) => AfterKey(http, work, page) switch
    {
        null => default,
        { Length: 32 } key => (Id.FromBytes(key.AsSpan(0, 16)), Id.FromBytes(key.AsSpan(16))),
        _ => throw HttpProblems.CursorInvalid.Refuse(),
    };

    /// <summary>The same for lists whose key is more than an id; null for the first page.</summary>
    internal byte[]? AfterKey(HttpContext http, Work work, PageQuery page) => page.Cursor is null ? null : Open(http, work, page.Cursor);

    /// <summary>Cuts the rows to the page and seals the cursor of the next.</summary>
    internal Page<T> Cut<TRow, T>(HttpContext http, Work work, PageQuery page, IReadOnlyList<TRow> rows, Func<TRow, Id> key, Func<TRow, T> view) =>
        Cut(http, work, page, rows, row => key(row).ToBytes(), view);

    /// <inheritdoc cref="Cut{TRow,T}(HttpContext,Work,PageQuery,IReadOnlyList{TRow},Func{TRow,Id},Func{TRow,T})"/>
    internal Page<T> Cut<TRow, T>(HttpContext http, Work work, PageQuery page, IReadOnlyList<TRow> rows, Func<TRow, byte[]> key, Func<TRow, T> view)
    {
        var size = page.Take - 1;
        var next = rows.Count > size ? Seal(http, work, key(rows[size - 1])) : null;
        return new Page<T>([.. rows.Take(size).Select(view)], next);
    }

    /// <summary>A cursor for this key, good on this route, with these filters, for this tenant.</summary>
    internal string Seal(HttpContext http, Work work, byte[] key) => WebEncoders.Base64UrlEncode([.. key, .. SealOf(http, work, key)]);

    /// <summary>The key inside a cursor that was sealed for this route, these filters and this tenant; another one is refused.</summary>
    internal byte[] Open(HttpContext http, Work work, string cursor)
    {
        byte[] bytes;
        try
        {
            bytes = WebEncoders.Base64UrlDecode(cursor);
        }
        catch (FormatException)
        {
            throw HttpProblems.CursorInvalid.Refuse();
        }

        var key = bytes.AsSpan(0, Math.Max(0, bytes.Length - SealBytes));
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(key.Length), SealOf(http, work, key)) ? key.ToArray() : throw HttpProblems.CursorInvalid.Refuse();
    }

    private byte[] SealOf(HttpContext http, Work work, ReadOnlySpan<byte> key)
    {
        var filters = http.Request.Query
            .Where(q => q.Key is not ("cursor" or "limit" or "changed_after"))
            .OrderBy(q => q.Key, StringComparer.Ordinal)
            .Select(q => $"{q.Key}={q.Value}");
        var place = $"{work.Tenant}\n{http.Request.Path.Value}\n{string.Join('\n', filters)}\n{Convert.ToHexString(key)}";
        return HMACSHA256.HashData(ring.DeriveIndex("cursor"), Encoding.UTF8.GetBytes(place))[..SealBytes];
    }
}
