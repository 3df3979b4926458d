using System.Text.Json;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>A row that could not be taken, as the bank sent it: encrypted, and erased after ninety days like what was wrong with it.</summary>
internal static class RejectedRow
{
    public static byte[] Encrypt(PrivateFields fields, int bank, Id import, IReadOnlyDictionary<string, string> cells) =>
        fields.Encrypt(bank, "rejected_row", "cells_cipher", import, JsonSerializer.Serialize(cells));

    public static Dictionary<string, string> Decrypt(PrivateFields fields, int bank, Id import, byte[]? cipher) => cipher is null
        ? []
        : JsonSerializer.Deserialize<Dictionary<string, string>>(fields.Decrypt(bank, "rejected_row", "cells_cipher", import, cipher))!;
}
