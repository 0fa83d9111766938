using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.Notebooks;
using IotHubDsr.Core.Topology;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IotHubDsr.Core.Tests.Architecture;

/// <summary>A kind of place is one folder: nobody else knows its types, and nobody else decides by its name.</summary>
public sealed class KindTests
{
    /// <summary>Words of Azure's that are also the name of a kind, where they mean something else.</summary>
    private static readonly TextInCode[] SameWord =
    [
        // A category of the hub's resource logs.
        new("IotHubDsr.Core.Topology", "IotHubDsr.Core.Topology.DiagnosticSetting", "Configurations"),
    ];

    [Fact]
    public void Kind_HasAFolderOfItsOwn()
    {
        Assert.All(CoreModel.KindFolders, folder => Assert.StartsWith("Sinks/", folder, StringComparison.Ordinal));
        Assert.Distinct(CoreModel.KindFolders);
    }

    [Fact]
    public void TypesOfAKind_AreKnownInItsFolderOnly() =>
        Assert.DoesNotContain(CoreModel.Dependencies, dependency => CoreModel.KindFolders.Contains(dependency.To));

    [Fact]
    public void NameOfAKind_StandsInItsFolderOnly()
    {
        Dictionary<string, string> folders = FoldersByKind();

        Assert.Empty(
            Texts(typeof(DsrEngine).Assembly.Location)
                .Where(text => folders.TryGetValue(text.Text, out string? folder) && CoreModel.FolderOf(text.Namespace) != folder)
                .Except(SameWord)
        );
    }

    [Fact]
    public void NameOfAKind_InASwitchElsewhere_IsSeen() =>
        Assert.Contains(Texts(typeof(Offender).Assembly.Location), text =>
            text.Type.EndsWith(nameof(Offender), StringComparison.Ordinal) && text.Text == LocationKinds.ServiceBusTopic
        );

    [Fact]
    public void ExerciseKind_TouchesItsFolderOnly() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src"), "*.cs", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(nameof(NotebookKind), StringComparison.Ordinal)
        );

    [Fact]
    public void Descriptions_HaveDistinctPositionsAndSayWhatTheirRolesDo()
    {
        Assert.Distinct(SinkCatalogue.OfModule.Kinds.All.Select(kind => kind.Position));
        Assert.All(SinkCatalogue.OfModule.Kinds.All.Where(kind => kind.Capabilities != LocationCapabilities.None), kind =>
        {
            Assert.NotEmpty(kind.Reading);
            Assert.Equal(kind.Capabilities.HasFlag(LocationCapabilities.Erase), kind.Method.Length > 0);
        });
    }

    private static Dictionary<string, string> FoldersByKind() =>
        typeof(DsrEngine)
            .Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISinkKind)))
            .ToDictionary(
                type => ((ISinkKind)Activator.CreateInstance(type)!).Description.Kind,
                type => CoreModel.FolderOf(type.Namespace!)!,
                StringComparer.Ordinal
            );

    /// <summary>The texts in the code and the constants of an assembly: the compiler puts constants of other types in their place.</summary>
    private static IEnumerable<TextInCode> Texts(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        foreach (TypeDefinition type in module.GetTypes())
        {
            TypeDefinition outermost = type;
            while (outermost.DeclaringType is { } outer)
                outermost = outer;
            IEnumerable<string> inCode = type
                .Methods.Where(method => method.HasBody)
                .SelectMany(method => method.Body.Instructions)
                .Where(instruction => instruction.OpCode == OpCodes.Ldstr)
                .Select(instruction => (string)instruction.Operand);
            IEnumerable<string> constants = type.Fields.Select(field => field.Constant).OfType<string>();
            foreach (string text in inCode.Concat(constants))
                yield return new TextInCode(outermost.Namespace, outermost.FullName, text);
        }
    }

    private sealed record TextInCode(string Namespace, string Type, string Text);
}

/// <summary>What <see cref="KindTests"/> is there to find.</summary>
internal static class Offender
{
    public static bool HasCopies(PlaceDescription kind) =>
        kind.Kind switch
        {
            LocationKinds.ServiceBusTopic => true,
            _ => false,
        };
}
