namespace Agency.Portal.Language;

/// <summary>Names the resource files of every word the portal shows: Texts.resx (zh-CN) and Texts.en.resx.</summary>
public sealed class Texts;
