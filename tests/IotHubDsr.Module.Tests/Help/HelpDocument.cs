using System.Xml.Linq;

namespace IotHubDsr.Module.Tests.Help;

/// <summary>The help of one command as it stands in the help file.</summary>
internal sealed class HelpDocument
{
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XElement _element;

    private HelpDocument(XElement element) => _element = element;

    public string Name => _element.Element(Command + "details")!.Element(Command + "name")!.Value;

    public string Synopsis => _element.Element(Command + "details")!.Element(Maml + "description")!.Value.Trim();

    public IReadOnlyList<string> Description =>
        [.. _element.Element(Maml + "description")!.Elements(Maml + "para").Select(static para => para.Value)];

    public IReadOnlyList<HelpParameter> Parameters =>
        [.. _element.Elements(Command + "parameters").Elements(Command + "parameter").Select(static parameter => Read(parameter))];

    /// <summary>The names of the parameters of each syntax.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Syntaxes =>
        [
            .. _element
                .Element(Command + "syntax")!
                .Elements(Command + "syntaxItem")
                .Select(static item =>
                    (IReadOnlyList<string>)
                        [.. item.Elements(Command + "parameter").Select(static parameter => parameter.Element(Maml + "name")!.Value)]
                ),
        ];

    public IReadOnlyList<HelpExample> Examples =>
        [
            .. _element
                .Element(Command + "examples")!
                .Elements(Command + "example")
                .Select(static example => new HelpExample(
                    example.Element(Maml + "title")!.Value,
                    example.Element(Dev + "code")!.Value,
                    example.Element(Dev + "remarks")!.Value.Trim()
                )),
        ];

    public IReadOnlyList<string> OutputTypes =>
        [.. _element.Element(Command + "returnValues")!.Descendants(Maml + "name").Select(static name => name.Value)];

    public IReadOnlyList<string> Links =>
        [.. _element.Element(Command + "relatedLinks")!.Descendants(Maml + "linkText").Select(static text => text.Value)];

    public static IReadOnlyList<HelpDocument> ReadAll()
    {
        string path = Path.Combine(RepositoryPaths.Root, "module", "en-US", "IotHubDsr.dll-Help.xml");
        return [.. XDocument.Load(path).Root!.Elements(Command + "command").Select(static command => new HelpDocument(command))];
    }

    private static HelpParameter Read(XElement parameter) =>
        new(
            parameter.Element(Maml + "name")!.Value,
            parameter.Element(Maml + "description")!.Value.Trim(),
            parameter.Element(Dev + "type")!.Element(Maml + "name")!.Value,
            (bool)parameter.Attribute("required")!,
            (string)parameter.Attribute("position")!,
            (string)parameter.Attribute("pipelineInput")!,
            (string)parameter.Attribute("aliases")!
        );
}

/// <summary>A parameter as the help describes it.</summary>
internal sealed record HelpParameter(
    string Name,
    string Description,
    string Type,
    bool Required,
    string Position,
    string PipelineInput,
    string Aliases
);

/// <summary>An example of the help.</summary>
internal sealed record HelpExample(string Title, string Code, string Remarks);
