using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace IotHubDsr.Generators;

/// <summary>A parameter of an object that a cmdlet is composed of.</summary>
/// <param name="property">The property that declares it.</param>
/// <param name="path">The way from the cmdlet to the object.</param>
/// <param name="sets">The parameter sets that it belongs to in the cmdlet; empty for those that it declares.</param>
internal sealed class ComposedParameter(IPropertySymbol property, string path, ImmutableArray<string> sets)
{
    private const string Composed = "IotHubDsr.Parameters.ComposedAttribute";
    private const string Parameter = "System.Management.Automation.ParameterAttribute";

    private static readonly SymbolDisplayFormat WithNullability = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayFormat.FullyQualifiedFormat.MiscellaneousOptions
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
    );

    /// <summary>The parameters of all objects of a cmdlet, in the order in which they are declared: it is that of the syntax.</summary>
    public static IEnumerable<ComposedParameter> AllOf(INamedTypeSymbol cmdlet) =>
        cmdlet.GetMembers().SelectMany(static member => OfComposed(member, path: string.Empty, sets: []));

    /// <summary>The property of the cmdlet.</summary>
    public string ToSource()
    {
        var text = new StringBuilder();
        text.Append(
            $"    /// <inheritdoc cref=\"{property.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.{property.Name}\" />\n"
        );
        foreach (AttributeData attribute in property.GetAttributes())
        {
            if (!sets.IsEmpty && attribute.AttributeClass?.ToDisplayString() == Parameter)
            {
                foreach (string set in sets)
                    text.Append($"    {AttributeSource.Of(attribute, $"ParameterSetName = \"{set}\"")}\n");
            }
            else
            {
                text.Append($"    {AttributeSource.Of(attribute)}\n");
            }
        }

        return text.Append($"    public {property.Type.ToDisplayString(WithNullability)} {property.Name}\n    {{\n")
            .Append($"        get => this.{path}.{property.Name};\n        set => this.{path}.{property.Name} = value;\n    }}\n")
            .ToString();
    }

    private static IEnumerable<ComposedParameter> OfComposed(ISymbol member, string path, ImmutableArray<string> sets)
    {
        ITypeSymbol? type = (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;
        if (type is null || Find(member, Composed) is not { } composed)
            return [];
        ImmutableArray<string> only = TextsOf(composed, "Only");
        ImmutableArray<string> own = TextsOf(composed, "Sets");
        return OfObject(type, path.Length == 0 ? member.Name : $"{path}.{member.Name}", own.IsEmpty ? sets : own)
            .Where(parameter => only.IsEmpty || only.Contains(parameter.Name));
    }

    private string Name => property.Name;

    private static IEnumerable<ComposedParameter> OfObject(ITypeSymbol type, string path, ImmutableArray<string> sets)
    {
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IPropertySymbol property && Find(property, Parameter) is not null)
                yield return new ComposedParameter(property, path, sets);
            foreach (ComposedParameter nested in OfComposed(member, path, sets))
                yield return nested;
        }
    }

    private static AttributeData? Find(ISymbol member, string attribute) =>
        member.GetAttributes().FirstOrDefault(one => one.AttributeClass?.ToDisplayString() == attribute);

    private static ImmutableArray<string> TextsOf(AttributeData attribute, string name) =>
        [
            .. attribute
                .NamedArguments.Where(one => one.Key == name)
                .SelectMany(static one => one.Value.Values)
                .Select(static value => (string)value.Value!),
        ];
}
