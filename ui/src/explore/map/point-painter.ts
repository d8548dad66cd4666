// Draws points with WebGL 2: eight bytes of place and four of colour each, handed to the graphics memory once and drawn
// as they are, so that neither a movement nor a filter sends places again. Opaque points lie over translucent ones, and of
// equal ones the later over the earlier.
import type { Size, View } from './view';

export interface Points {
  x: Float32Array;
  y: Float32Array;
  // Red, green, blue, alpha of each.
  colours: Uint8Array;
}

export interface Look {
  // Pixels.
  radius: number;
  // Drawn as a ring of this width instead of a disc.
  ring?: number;
}

// A stride in bytes is at most 255, and a number has four.
export const kLargestStep = 63;

const kVertex = `#version 300 es
in float x;
in float y;
in vec4 colour;
uniform vec4 place;
uniform float size;
out vec4 ink;
void main() {
  gl_Position = vec4(vec2(x, y) * place.xy + place.zw, -colour.a, 1.0);
  gl_PointSize = size;
  ink = colour;
}`;
const kFragment = `#version 300 es
precision highp float;
in vec4 ink;
uniform float size;
uniform float ring;
out vec4 painted;
void main() {
  if (size > 3.0) {
    float from = length(gl_PointCoord - 0.5) * size;
    if (from > 0.5 * size || from < 0.5 * size - ring) discard;
  }
  painted = ink;
}`;

const kAttributes = ['x', 'y', 'colour'] as const;

function compile(gl: WebGL2RenderingContext, type: GLenum, source: string): WebGLShader {
  const shader = gl.createShader(type);
  if (shader === null) throw new Error('The graphics memory is gone');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, kVertex));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, kFragment));
  kAttributes.forEach((name, place) => gl.bindAttribLocation(program, place, name));
  gl.linkProgram(program);
  return program;
}

// The points of one layer in the graphics memory; what has not changed since is not sent again.
export class PointBuffers {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffers: Record<(typeof kAttributes)[number], WebGLBuffer>;
  #held: Partial<Points> = {};

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#buffers = { x: gl.createBuffer(), y: gl.createBuffer(), colour: gl.createBuffer() };
  }

  get count(): number {
    return this.#held.x?.length ?? 0;
  }

  hold({ x, y, colours }: Points): void {
    this.#send(this.#buffers.x, this.#held.x, x);
    this.#send(this.#buffers.y, this.#held.y, y);
    this.#send(this.#buffers.colour, this.#held.colours, colours);
    this.#held = { x, y, colours };
  }

  // Ready to be drawn, one of `step`; how many those are.
  bind(step: number): number {
    const gl = this.#gl;
    kAttributes.forEach((name, place) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
      gl.enableVertexAttribArray(place);
      if (name === 'colour') gl.vertexAttribPointer(place, 4, gl.UNSIGNED_BYTE, true, 4 * step, 0);
      else gl.vertexAttribPointer(place, 1, gl.FLOAT, false, 4 * step, 0);
    });
    return Math.ceil(this.count / step);
  }

  #send(buffer: WebGLBuffer, before: ArrayBufferView | undefined, now: ArrayBufferView): void {
    if (before === now) return;
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    if (before?.byteLength === now.byteLength) gl.bufferSubData(gl.ARRAY_BUFFER, 0, now);
    else gl.bufferData(gl.ARRAY_BUFFER, now, gl.STATIC_DRAW);
  }
}

export class PointPainter {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #parallel: { COMPLETION_STATUS_KHR: GLenum } | null;
  #isLinked = false;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#parallel = gl.getExtension('KHR_parallel_shader_compile') as { COMPLETION_STATUS_KHR: GLenum } | null;
    this.#program = link(gl);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.enable(gl.BLEND);
    // The canvas holds colours multiplied by their alpha, as the page below it wants them.
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  // The shaders are compiled beside the page; asking for more than this before they are would stop it until then. Throws
  // when they cannot be compiled.
  isReady(): boolean {
    const gl = this.#gl;
    if (this.#isLinked || gl.isContextLost()) return true;
    if (this.#parallel !== null && gl.getProgramParameter(this.#program, this.#parallel.COMPLETION_STATUS_KHR) === false) return false;
    if (gl.getProgramParameter(this.#program, gl.LINK_STATUS) !== true && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(this.#program) ?? 'no program');
    this.#isLinked = true;
    return true;
  }

  clear(): void {
    const gl = this.#gl;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }

  draw(points: PointBuffers, view: View, { width, height }: Size, { radius, ring }: Look, step = 1): void {
    if (points.count === 0) return;
    const gl = this.#gl;
    const at = (name: string) => gl.getUniformLocation(this.#program, name);
    const ratio = gl.drawingBufferWidth / Math.max(width, 1);
    const [across, down] = [(2 * 2 ** view.zoom) / width, (-2 * 2 ** view.zoom) / height];
    gl.useProgram(this.#program);
    gl.uniform4f(at('place'), across, down, -view.x * across, -view.y * down);
    gl.uniform1f(at('size'), 2 * radius * ratio);
    gl.uniform1f(at('ring'), (ring ?? radius) * ratio);
    gl.drawArrays(gl.POINTS, 0, points.bind(step));
  }
}
