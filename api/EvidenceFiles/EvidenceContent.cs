namespace Agency.Api.EvidenceFiles;

/// <summary>Whether a file is what it says, told by what it contains: its beginning, and its end, so that one cut off is noticed.</summary>
internal static class EvidenceContent
{
    public const string Pdf = "application/pdf";
    public const string Jpeg = "image/jpeg";
    public const string Png = "image/png";

    // Writers may put a line or a comment after the last mark.
    private const int PdfTail = 1024;

    public static readonly string[] MediaTypes = [Pdf, Jpeg, Png];

    private static ReadOnlySpan<byte> PngStart => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52];

    private static ReadOnlySpan<byte> PngEnd => [0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82];

    public static bool Is(string mediaType, ReadOnlySpan<byte> content) => mediaType switch
    {
        Pdf => content.StartsWith("%PDF-"u8) && content[Math.Max(0, content.Length - PdfTail)..].IndexOf("%%EOF"u8) >= 0,
        Png => content.Length > PngStart.Length + PngEnd.Length && content.StartsWith(PngStart) && content.EndsWith(PngEnd),

        // Start of image, then a marker of a segment; end of image.
        Jpeg => content is [0xFF, 0xD8, 0xFF, >= 0xC0 and not 0xFF, _, _, .., 0xFF, 0xD9],
        _ => false,
    };
}
