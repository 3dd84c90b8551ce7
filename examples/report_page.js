const dark = matchMedia("(prefers-color-scheme: dark)");
function draw() {
  const text = getComputedStyle(document.body).color;
  const config = {
    background: "transparent", view: {stroke: null}, font: "system-ui, sans-serif",
    axis: {labelColor: text, titleColor: text, gridColor: "#8884", domainColor: "#8888",
           tickColor: "#8888", labelLimit: 130},
    legend: {labelColor: text, titleColor: text, labelLimit: 200},
  };
  for (const figure of document.querySelectorAll("figure")) {
    const spec = JSON.parse(figure.querySelector("script").textContent);
    spec.autosize = {type: "fit-x", contains: "padding"};
    vegaEmbed(figure.querySelector(".chart"), spec, {actions: false, renderer: "svg", config});
  }
}
draw();
dark.addEventListener("change", draw);
